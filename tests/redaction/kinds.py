"""Kinds of provider tokens for the corpus: name, words that announce it, and its form.

A form is made of literal text and of `{CLASS:LENGTH}` or `{CLASS:LEAST-MOST}` holes. Written from the issuers' public formats; it shares
nothing with the rules under test. Where a form has no mark of its own, the words around it are all that tells it.
"""

CLASSES = {
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "d": "0123456789",
    "a": "abcdefghijklmnopqrstuvwxyz0123456789",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "U": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "l": "abcdefghijklmnopqrstuvwxyz",
    "n": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "w": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-",
    "b": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "5": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
}

# Marked: the form alone names the issuer.
MARKED = """
aws-access-key-id|AKIA{5:16}
aws-temporary-key-id|ASIA{5:16}
aws-bedrock-long|ABSKQmVkcm9ja0FQSUtleS{b:110}=
google-api-key|AIza{w:35}
google-oauth-access|ya29.{w:120}
google-client-secret|GOCSPX-{w:28}
google-refresh|1//0{w:90}
gcp-service-account-key-id-json|"private_key_id": "{h:40}"
azure-ad-client-secret|{w:3}8Q~{w:34}
azure-storage-account-key|AccountKey={b:86}==
azure-devops-pat-new|{n:76}AZDO{n:4}
digitalocean-pat|dop_v1_{h:64}
digitalocean-oauth|doo_v1_{h:64}
digitalocean-refresh|dor_v1_{h:64}
alibaba-ak|LTAI{n:20}
tencent-secret-id|AKID{n:32}
ibm-cloud-iam|apikey: {w:44}
hetzner-ctx|hcloud token {n:64}
flyio|FlyV1 fm2_{b:120}
heroku-new|HRKU-AA{w:58}
netlify|nfp_{n:36}
vercel-new|vcp_{n:56}
render|rnd_{n:28}
railway-ctx|RAILWAY_TOKEN={h:8}-{h:4}-4{h:3}-a{h:3}-{h:12}
supabase|sbp_{h:40}
planetscale-password|pscale_pw_{w:43}
planetscale-token|pscale_tkn_{w:43}
neon|napi_{a:64}
upstash-ctx|UPSTASH_REDIS_REST_TOKEN={n:60}
databricks|dapi{h:32}
snowflake-ctx|snowflake_password={n:18}
github-pat|ghp_{n:36}
github-oauth|gho_{n:36}
github-user-server|ghu_{n:36}
github-server-server|ghs_{n:36}
github-refresh|ghr_{n:36}
github-fine|github_pat_{n:22}_{n:59}
gitlab-pat|glpat-{w:20}
gitlab-ptt|glptt-{h:40}
gitlab-runner|glrt-{w:20}
gitlab-runner-reg|GR1348941{w:20}
gitlab-deploy|gldt-{w:20}
gitlab-feed|glft-{w:20}
gitlab-incoming|glimt-{a:25}
gitlab-agent|glagent-{w:50}
gitlab-cijob|glcbt-64_{w:20}
gitlab-scim|glsoat-{w:20}
gitlab-oauth-app|gloas-{h:64}
gitlab-feature-flag|glffct-{w:20}
bitbucket-app-password|ATBB{n:32}
atlassian-api|ATATT3xFfGF0{w:171}={H:8}
gitea-ctx|gitea token: {h:40}
sourcegraph|sgp_{h:40}
sourcegraph-instance|sgp_{h:16}_{h:40}
circleci|CCIPAT_{n:22}_{h:40}
circleci-project|CCIPRJ_{n:22}_{h:40}
buildkite|bkua_{h:40}
buildkite-agent|bkct_{n:40}
travis-ctx|TRAVIS_TOKEN={n:22}
drone-ctx|DRONE_TOKEN={a:32}
jenkins-crumb-ctx|jenkins_api_token=11{h:32}
codecov-ctx|CODECOV_TOKEN={h:8}-{h:4}-4{h:3}-b{h:3}-{h:12}
sonar-user|squ_{h:40}
sonar-project|sqp_{h:40}
sonar-analysis|sqa_{h:40}
snyk-ctx|SNYK_TOKEN={h:8}-{h:4}-4{h:3}-8{h:3}-{h:12}
npm|npm_{n:36}
npm-legacy-ctx|//registry.npmjs.org/:_authToken={h:8}-{h:4}-4{h:3}-9{h:3}-{h:12}
pypi|pypi-AgEIcHlwaS5vcmc{w:90}
rubygems|rubygems_{h:48}
crates|cio{n:32}
nuget|oy2{a:43}
docker-pat|dckr_pat_{w:27}
docker-oat|dckr_oat_{w:32}
clojars|CLOJARS_{a:60}
hashicorp-tf|{n:14}.atlasv1.{w:64}
vault-service|hvs.{w:96}
vault-batch|hvb.{w:140}
vault-recovery|hvr.{w:95}
vault-legacy|s.{n:24}
consul-ctx|CONSUL_HTTP_TOKEN={h:8}-{h:4}-{h:4}-{h:4}-{h:12}
nomad-ctx|NOMAD_TOKEN={h:8}-{h:4}-{h:4}-{h:4}-{h:12}
doppler-personal|dp.pt.{n:43}
doppler-service|dp.st.prd.{n:43}
doppler-cli|dp.ct.{n:43}
onepassword-service|ops_eyJ{n:250}
onepassword-key|A3-{A:6}-{A:6}-{A:5}-{A:5}-{A:5}-{A:5}
infisical|st.{h:24}.{h:32}.{h:32}
bitwarden-ctx|BWS_ACCESS_TOKEN=0.{h:8}-{h:4}-{h:4}-{h:4}-{h:12}.{n:30}:{b:22}==
age-key|AGE-SECRET-KEY-1{A:58}
slack-bot|xoxb-{d:12}-{d:12}-{n:24}
slack-user|xoxp-{d:12}-{d:12}-{d:13}-{h:32}
slack-app|xapp-1-A{A:10}-{d:13}-{h:64}
slack-refresh|xoxe-1-{n:146}
slack-webhook|https://hooks.slack.com/services/T{A:10}/B{A:10}/{n:24}
discord-bot|MT{n:24}.{w:6}.{w:38}
discord-webhook|https://discord.com/api/webhooks/{d:18}/{w:68}
teams-webhook|https://acme.webhook.office.com/webhookb2/{h:8}-{h:4}-{h:4}-{h:4}-{h:12}@{h:8}-{h:4}-{h:4}-{h:4}-{h:12}/IncomingWebhook/{h:32}/{h:8}-{h:4}-{h:4}-{h:4}-{h:12}
telegram|{d:10}:AA{w:33}
twilio-sid-key|SK{h:32}
twilio-auth-ctx|TWILIO_AUTH_TOKEN={h:32}
sendgrid|SG.{w:22}.{w:43}
mailgun|key-{h:32}
mailchimp|{h:32}-us21
sendinblue|xkeysib-{h:64}-{n:16}
postmark-ctx|POSTMARK_SERVER_TOKEN={h:8}-{h:4}-{h:4}-{h:4}-{h:12}
resend|re_{n:8}_{n:24}
mandrill|md-{w:22}
pusher-ctx|pusher_secret={h:20}
pagerduty-ctx|PAGERDUTY_TOKEN=u+{w:18}
opsgenie-ctx|opsgenie_api_key={h:8}-{h:4}-{h:4}-{h:4}-{h:12}
stripe-secret|sk_live_{n:24}
stripe-restricted|rk_live_{n:24}
stripe-new|sk_live_51{n:97}
stripe-webhook|whsec_{n:32}
square-access|EAAA{w:60}
square-legacy|sq0atp-{w:22}
square-secret|sq0csp-{w:43}
paypal-braintree|access_token$production${a:16}${h:32}
adyen|AQE{n:3}hmfuXNWTK0Qc+{b:60}-{b:43}=-{n:16}
razorpay|rzp_live_{n:14}
shopify-admin|shpat_{h:32}
shopify-shared|shpss_{h:32}
shopify-custom|shpca_{h:32}
plaid-ctx|plaid_secret={h:30}
coinbase-ctx|coinbase_api_secret={b:86}==
openai|sk-{n:20}T3BlbkFJ{n:20}
openai-project|sk-proj-{w:74}T3BlbkFJ{w:74}
openai-admin|sk-admin-{w:58}T3BlbkFJ{w:58}
anthropic|sk-ant-api03-{w:93}AA
anthropic-admin|sk-ant-admin01-{w:93}AA
huggingface|hf_{n:34}
huggingface-org|api_org_{n:34}
replicate|r8_{n:37}
groq|gsk_{n:52}
perplexity|pplx-{n:48}
openrouter|sk-or-v1-{h:64}
xai|xai-{n:80}
cohere-ctx|COHERE_API_KEY={n:40}
mistral-ctx|MISTRAL_API_KEY={n:32}
elevenlabs|sk_{h:48}
deepseek|sk-{h:32}
langsmith|lsv2_pt_{h:32}_{h:10}
pinecone|pcsk_{n:6}_{n:63}
weights-biases-ctx|WANDB_API_KEY={h:40}
newrelic-user|NRAK-{A:27}
newrelic-license|{h:36}NRAL
newrelic-insert|NRII-{w:32}
newrelic-browser|NRJS-{h:19}
datadog-api-ctx|DD_API_KEY={h:32}
datadog-app-ctx|DD_APP_KEY={h:40}
grafana-service|glsa_{n:32}_{h:8}
grafana-cloud|glc_eyJ{n:100}
grafana-legacy|eyJrIjoi{n:70}
sentry-user|sntryu_{h:64}
sentry-org|sntrys_eyJpYXQiO{n:120}_{b:43}
sentry-dsn|https://{h:32}@o{d:6}.ingest.sentry.io/{d:7}
honeycomb|hcaik_{a:58}
honeycomb-ingest|hcbik_01{a:56}
dynatrace|dt0c01.{A:24}.{A:64}
elastic-cloud-ctx|ELASTIC_API_KEY={n:60}==
splunk-hec-ctx|Authorization: Splunk {h:8}-{h:4}-{h:4}-{h:4}-{h:12}
logzio-ctx|LOGZIO_TOKEN={n:32}
axiom|xaat-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}
cloudflare-ctx|CF_API_TOKEN={w:40}
cloudflare-ca|v1.0-{h:24}-{h:146}
cloudflare-tunnel|cloudflared tunnel run --token eyJhIjoi{n:150}
fastly-ctx|FASTLY_API_TOKEN={w:32}
akamai-edgegrid|akab-{a:16}-{a:16}
tailscale-auth|tskey-auth-{n:12}CNTRL-{n:32}
tailscale-api|tskey-api-{n:12}CNTRL-{n:32}
ngrok|2{n:26}_{n:21}
okta-ctx|OKTA_API_TOKEN=00{w:40}
auth0-ctx|AUTH0_CLIENT_SECRET={w:64}
airtable|pat{n:14}.{h:64}
notion|ntn_{d:11}{n:35}
notion-old|secret_{n:43}
linear|lin_api_{n:40}
asana|1/{d:16}:{h:32}
figma|figd_{w:40}
postman|PMAK-{h:24}-{h:34}
launchdarkly|sdk-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}
launchdarkly-api|api-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}
contentful|CFPAT-{w:43}
algolia-ctx|ALGOLIA_ADMIN_KEY={h:32}
mapbox|sk.eyJ1Ijoi{n:80}.{w:22}
dropbox|sl.B{w:134}
hubspot|pat-na1-{h:8}-{h:4}-{h:4}-{h:4}-{h:12}
intercom|dG9rO{n:54}=
zendesk-ctx|zendesk_api_token={n:40}
typeform|tfp_{w:40}_{w:14}
prefect|pnu_{a:36}
dagster-ctx|DAGSTER_CLOUD_API_TOKEN=agent:acme:{h:32}
pulumi|pul-{h:40}
spacelift-ctx|SPACELIFT_API_KEY_SECRET={h:64}
scalr|tfcp.{w:80}
artifactory|AKCp8{n:68}
artifactory-ref|cmVmdGtu{n:56}
jfrog-ctx|JFROG_TOKEN={n:64}
sidekiq|https://{h:8}:{h:8}@gems.contribsys.com
facebook|EAA{n:180}
twitter-bearer|AAAAAAAAAAAAAAAAAAAAA{n:60}%3D{n:40}
linkedin-ctx|LINKEDIN_CLIENT_SECRET={n:16}
yandex-iam|t1.{w:60}.{w:86}
yandex-oauth|y0_{w:55}
flutterwave|FLWSECK-{h:32}-X
duffel|duffel_live_{w:43}
easypost|EZAK{n:54}
shippo|shippo_live_{h:40}
frameio|fio-u-{w:64}
lob|live_{h:35}
ethereum-key-ctx|ETH_PRIVATE_KEY=0x{h:64}
wireguard|PrivateKey = {b:43}=
jwt|eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiI{n:60}.{w:43}
k8s-sa-jwt|eyJhbGciOiJSUzI1NiIsImtpZCI6I{n:40}.eyJhdWQiOlsiaHR0cHM6Ly9rdWJl{n:200}.{w:342}
teleport-join|teleport --token={h:32}
argo-ctx|ARGOCD_AUTH_TOKEN={n:60}
rancher|token-{a:5}:{a:54}
openshift|sha256~{w:43}
okteto-ctx|OKTETO_TOKEN={n:40}
portainer|ptr_{b:43}=
1password-connect-ctx|OP_CONNECT_TOKEN=eyJhbGciOiJFUzI1NiIs{n:100}.eyJ{n:80}.{w:86}
"""


def kinds():
    """(name, form) for every kind."""
    for line in MARKED.strip().splitlines():
        name, form = line.split("|", 1)
        yield name, form


def fill(form: str, random) -> str:
    """The form with its holes filled."""
    out, at = [], 0
    while True:
        begin = form.find("{", at)
        if begin < 0 or begin + 2 >= len(form) or form[begin + 1] not in CLASSES or form[begin + 2] != ":":
            if begin < 0:
                return "".join(out) + form[at:]
            out.append(form[at : begin + 1])
            at = begin + 1
            continue
        end = form.index("}", begin)
        out.append(form[at:begin])
        least, _, most = form[begin + 3 : end].partition("-")
        length = random.randint(int(least), int(most or least))
        text = "".join(random.choice(CLASSES[form[begin + 1]]) for _ in range(length))
        out.append(text)
        at = end + 1
