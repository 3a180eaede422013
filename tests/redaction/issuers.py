"""Kinds of issuers' tokens: forms that name their issuer by themselves, and forms that only the name beside them gives away.

Written from the issuers' public documents and client libraries; it shares nothing with the rules under test. `carried` puts a token into
one of the texts in which tokens are met. Where a form has a check digit, it is right.
"""

import pathlib
import zlib

from pieces import CLASSES


# kind|form. A form with «» is a whole text of its own.
MARKED = """
aws-access-key-id|AKIA‹5:16›
aws-session-key-id|ASIA‹5:16›
aws-bedrock-long|ABSK‹b:109›=
aws-bedrock-short|bedrock-api-key-‹b:120›
aws-appsync|da2-‹a:26›
aws-mws|amzn.mws.‹uuid›
aws-secret-pair|aws_access_key_id=«AKIA‹5:16›» aws_secret_access_key=«‹b:40›»
aws-secret-json|{"AccessKeyId":"«ASIA‹5:16›»","SecretAccessKey":"«‹b:40›»","SessionToken":"«IQoJb3JpZ2luX2Vj‹b:200›==»"}
gcp-api-key|AIza‹w:35›
gcp-access-token|ya29.‹w:120-180›
gcp-refresh-token|1//0‹w:90-100›
gcp-client-secret|GOCSPX-‹w:28›
gcp-hmac|GOOG‹A:57›
azure-entra-secret|‹n:3›8Q~‹w:31›‹n:3›
azure-entra-secret-7|‹n:3›7Q~‹w:31›
azure-storage|DefaultEndpointsProtocol=https;AccountName=shopprod;AccountKey=«‹b:86›==»;EndpointSuffix=core.windows.net
azure-devops|‹n:76›AZDO‹n:4›
azure-acr|‹n:42›+ACR‹n:6›
azure-cosmos|‹n:76›ACDb‹n:6›==
azure-eventhub|Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=«‹b:33›+AEh‹b:6›=»
azure-iothub|HostName=plant.azure-devices.net;DeviceId=pump-‹d:3›;SharedAccessKey=«‹b:43›=»
azure-search|‹n:42›AzSe‹n:6›
azure-function|‹w:44›AzFu‹w:6›==
azure-openai-new|‹n:32›‹n:20›JQQJ99‹A:5›AC‹n:15›
digitalocean-pat|dop_v1_‹h:64›
digitalocean-oauth|doo_v1_‹h:64›
digitalocean-refresh|dor_v1_‹h:64›
digitalocean-spaces|DO00‹A:16›
alibaba-id|LTAI5t‹n:18›
tencent-id|AKID‹n:32›
hcp-vault-root|hvs.CAES‹w:90›
vault-service|hvs.‹w:24›
vault-batch|hvb.AAAAAQ‹w:140›
vault-recovery|hvr.‹w:95›
vault-wrapping|s.‹n:24›
terraform-cloud|‹n:14›.atlasv1.‹w:67›
flyio-v1|FlyV1 fm2_‹b:180›
flyio-fo1|fo1_‹w:43›
heroku-new|HRKU-AA‹w:58›
netlify|nfp_‹n:36›
vercel|vcp_‹n:56›
vercel-blob|vercel_blob_rw_‹n:16›_‹n:30›
render|rnd_‹n:28›
supabase-pat|sbp_‹h:40›
supabase-secret|sb_secret_‹w:31›_‹n:8›
planetscale-password|pscale_pw_‹w:43›
planetscale-token|pscale_tkn_‹w:43›
planetscale-oauth|pscale_oauth_‹w:43›
neon|napi_‹a:64›
databricks|dapi‹h:32›
databricks-2|dapi‹h:32›-2
databricks-oauth|dose‹h:32›
scaleway-access|SCW‹A:17›
scalingo|tk-us-‹w:48›
aiven|avnadmin:«AVNS_‹w:19›»@pg-shop.aivencloud.com
linode-longview|lv_‹h:40›
ovh|ovh_application_secret=«‹a:32›»
hetzner|hcloud --token «‹n:64›» server list
github-pat|ghp_‹crc:30›
github-oauth|gho_‹crc:30›
github-user|ghu_‹crc:30›
github-server|ghs_‹crc:30›
github-refresh|ghr_‹crc:30›
github-fine-grained|github_pat_‹n:22›_‹n:59›
github-server-jwt|ghs_‹d:6›_eyJ‹w:100›.eyJ‹w:120›.‹w:86›
gitlab-pat|glpat-‹w:20›
gitlab-pat-routable|glpat-‹w:27›.‹a:2›.‹a:9›
gitlab-trigger|glptt-‹h:40›
gitlab-runner|glrt-‹w:20›
gitlab-runner-typed|glrt-t‹d:1›_‹w:27›
gitlab-runner-registration|GR1348941‹w:20›
gitlab-deploy|gldt-‹w:20›
gitlab-feed|glft-‹w:20›
gitlab-incoming-mail|glimt-‹a:25›
gitlab-agent|glagent-‹w:50›
gitlab-job|glcbt-‹n:2›_‹w:20›
gitlab-scim|glsoat-‹w:20›
gitlab-oauth-app|gloas-‹h:64›
gitlab-flags|glffct-‹w:20›
gitlab-session|_gitlab_session=«‹h:32›»
bitbucket-app|ATBB‹n:24›‹H:8›
bitbucket-access|ATCTT3xFfGN0‹w:171›=‹H:8›
atlassian-api|ATATT3xFfGF0‹w:171›=‹H:8›
atlassian-oauth|ATOA‹w:64›
trello|ATTA‹n:64›‹h:8›
sourcegraph|sgp_‹h:16›_‹h:40›
sourcegraph-dotcom|sgd_‹h:64›
sourcegraph-old|sgp_‹h:40›
circleci-pat|CCIPAT_‹n:22›_‹h:40›
circleci-project|CCIPRJ_‹n:22›_‹h:40›
buildkite-user|bkua_‹h:40›
buildkite-agent|bkct_‹n:40›
harness-pat|pat.‹w:22›.‹h:24›.‹n:20›
harness-sat|sat.‹w:22›.‹h:24›.‹n:20›
octopus|API-‹A:26›
sonar-user|squ_‹h:40›
sonar-project|sqp_‹h:40›
sonar-global|sqa_‹h:40›
codacy-new|CODACY_PROJECT_TOKEN=«‹h:32›»
stackhawk|hawk.‹w:20›.‹w:20›
endorlabs|endr+‹w:16›
semgrep|SEMGREP_APP_TOKEN=«‹h:64›»
gitguardian|GITGUARDIAN_API_KEY=«‹h:8›‹H:8›‹n:55›»
npm|npm_‹n:30›‹n:6›
npmrc-auth|//registry.npmjs.org/:_authToken=«npm_‹n:36›»
npmrc-legacy|//npm.pkg.example.com/:_authToken=«‹uuid›»
npmrc-password|//registry.acme.io/:_password=«‹b:22›==»
pypi|pypi-AgEIcHlwaS5vcmc‹w:110›
testpypi|pypi-AgENdGVzdC5weXBpLm9yZw‹w:100›
rubygems|rubygems_‹h:48›
crates-io|cio‹n:32›
nuget|oy2‹a:43›
clojars|CLOJARS_‹h:60›
docker-pat|dckr_pat_‹w:27›
docker-oat|dckr_oat_‹w:32›
hex-pm|hexpm_‹h:32›
cloudsmith|ck_‹h:40›
artifactory|AKCp8‹n:68›
artifactory-ref|cmVmdGtuOjAxO‹n:51›
jfrog-access|JF_ACCESS_TOKEN=«‹jwt›»
anaconda|an-‹h:8›-‹h:4›-‹h:4›-‹h:4›-‹h:12›
doppler-personal|dp.pt.‹n:43›
doppler-service|dp.st.prd.‹n:43›
doppler-cli|dp.ct.‹n:43›
doppler-scim|dp.scim.‹n:43›
doppler-audit|dp.audit.‹n:43›
onepassword-service|ops_eyJ‹w:250›
onepassword-secret-key|A3-‹A:6›-‹A:11›-‹A:5›-‹A:5›-‹A:5›
bitwarden|0.‹uuid›.‹n:30›:‹b:22›==
infisical|st.‹uuid›.‹h:32›.‹h:32›
age|AGE-SECRET-KEY-1‹age:58›
akeyless|p-‹a:12›:‹b:44›
slack-bot|xoxb-‹d:12›-‹d:13›-‹n:24›
slack-user|xoxp-‹d:12›-‹d:12›-‹d:13›-‹h:32›
slack-app|xapp-1-A‹A:10›-‹d:13›-‹h:64›
slack-config|xoxe.xoxp-1-‹n:163›
slack-refresh|xoxe-1-‹n:146›
slack-legacy|xoxo-‹d:11›-‹d:11›-‹d:11›-‹h:10›
slack-client|xoxc-‹d:12›-‹d:12›-‹d:13›-‹h:64›
slack-cookie|Cookie: d=«xoxd-‹n:80›%2B‹n:40›%3D»
slack-webhook|https://hooks.slack.com/services/«T‹A:8›/B‹A:10›/‹n:24›»
slack-workflow|https://hooks.slack.com/workflows/«T‹A:10›/A‹A:10›/‹d:18›/‹n:24›»
discord-bot|M‹n:25›.‹w:6›.‹w:38›
discord-webhook|https://discord.com/api/webhooks/‹d:19›/«‹w:68›»
teams-webhook|https://acme.webhook.office.com/webhookb2/«‹uuid›@‹uuid›/IncomingWebhook/‹h:32›/‹uuid›»
telegram-bot|‹d:10›:AA‹w:33›
telegram-url|https://api.telegram.org/bot«‹d:10›:AA‹w:33›»/sendMessage
mattermost-hook|https://chat.example.com/hooks/«‹a:26›»
google-chat-hook|https://chat.googleapis.com/v1/spaces/AAAA‹w:7›/messages?key=AIza‹w:35›&token=«‹w:43›»
twilio-key|SK‹h:32›
sendgrid|SG.‹w:22›.‹w:43›
mailgun|key-‹h:32›
mailgun-new|‹h:32›-‹h:8›-‹h:8›
mailchimp|‹h:32›-us‹num:1-21›
brevo|xkeysib-‹h:64›-‹n:16›
brevo-smtp|xsmtpsib-‹h:64›-‹n:16›
mailersend|mlsn.‹h:64›
mailjet-pair|curl -s -u "«‹h:32›:‹h:32›»" https://api.mailjet.com/v3.1/send
resend|re_‹n:8›_‹n:24›
mandrill|md-‹w:22›
knock|sk_test_‹w:43›
courier|pk_prod_‹A:28›
onesignal-os|os_v2_app_‹a:104›
pusher-beams|pusher beams secret key «‹H:64›»
ably|‹w:6›.‹w:6›:‹w:43›
pubnub-secret|sec-c-‹b:48›
stripe-secret|sk_live_‹n:24›
stripe-long|sk_live_51‹n:97›
stripe-test|sk_test_51‹n:97›
stripe-restricted|rk_live_51‹n:97›
stripe-webhook|whsec_‹n:32›
stripe-org|sk_org_live_‹n:30›
square-access|EAAA‹w:60›
square-old|sq0atp-‹w:22›
square-secret|sq0csp-‹w:43›
braintree|access_token$production$‹a:16›$‹h:32›
adyen|AQE‹n:3›hmfuXNWTK0Qc+iSU‹b:60›-‹b:43›=-‹n:16›
razorpay|rzp_live_‹n:14›
paystack|sk_live_‹h:40›
flutterwave|FLWSECK-‹h:32›-X
flutterwave-test|FLWSECK_TEST-‹h:32›-X
mollie|live_‹n:30›
gocardless|live_‹w:40›
checkout-com|sk_sbox_‹a:27›
lemonsqueezy|lemon squeezy api key: «‹jwt›»
paddle|pdl_live_apikey_01‹a:24›_‹n:22›_‹n:3›
paddle-webhook|pdl_ntfset_01‹a:24›_‹n:32›
polar|polar_oat_‹n:43›
shopify-admin|shpat_‹h:32›
shopify-shared|shpss_‹h:32›
shopify-custom|shpca_‹h:32›
shopify-private|shppa_‹h:32›
shopify-partner|prtapi_‹h:32›
shopify-theme|shptka_‹h:32›
shopify-delegate|shpua_‹h:32›
woocommerce|cs_‹h:40›
woocommerce-key|ck_‹h:40›
mercury|secret-token:mercury_production_rma_‹n:40›_yrucrem
openai|sk-‹n:20›T3BlbkFJ‹n:20›
openai-project|sk-proj-‹w:74›T3BlbkFJ‹w:74›
openai-service|sk-svcacct-‹w:58›T3BlbkFJ‹w:58›
openai-admin|sk-admin-‹w:58›T3BlbkFJ‹w:58›
anthropic|sk-ant-api03-‹w:93›AA
anthropic-admin|sk-ant-admin01-‹w:93›AA
anthropic-oauth|sk-ant-oat01-‹w:93›AA
huggingface|hf_‹n:34›
huggingface-org|api_org_‹n:34›
replicate|r8_‹n:37›
groq|gsk_‹n:52›
perplexity|pplx-‹n:48›
openrouter|sk-or-v1-‹h:64›
xai|xai-‹n:80›
deepseek|sk-‹h:32›
elevenlabs|sk_‹h:48›
fireworks|fw_‹n:22›
cerebras|csk-‹a:48›
nvidia|nvapi-‹w:64›
together|tgp_v1_‹w:43›
voyage|pa-‹w:43›
jina|jina_‹h:32›‹w:28›
tavily|tvly-dev-‹n:32›
firecrawl|fc-‹h:32›
langsmith|lsv2_pt_‹h:32›_‹h:10›
langsmith-service|lsv2_sk_‹h:32›_‹h:10›
langfuse|sk-lf-‹uuid›
pinecone|pcsk_‹n:6›_‹n:63›
runpod|rpa_‹A:44›
modal|as-‹n:22›
baseten|‹n:8›.‹n:32›
anyscale|esecret_‹a:28›
friendli|flp_‹n:46›
e2b|e2b_‹h:40›
helicone|sk-helicone-‹a:7›-‹a:7›-‹a:7›-‹a:7›
exa|EXA_API_KEY=«‹uuid›»
wandb-new|wandb_v1_‹w:77›
clearml|CLEARML_API_SECRET_KEY=«‹n:50›»
unkey|unkey_‹X:22›
newrelic-user|NRAK-‹A:27›
newrelic-license|‹h:36›FFFFNRAL
newrelic-eu|eu01xx‹h:30›NRAL
newrelic-insert|NRII-‹w:32›
newrelic-browser|NRJS-‹h:19›
newrelic-query|NRIQ-‹w:32›
newrelic-admin|NRAA-‹h:27›
datadog-rum-app|ddapp_‹n:34›
grafana-service|glsa_‹n:32›_‹h:8›
grafana-cloud|glc_eyJvIjoi‹n:120›
grafana-legacy|eyJrIjoi‹n:70›
sentry-user|sntryu_‹h:64›
sentry-org|sntrys_eyJpYXQiO‹n:150›_‹b:43›
sentry-app|sntrya_‹h:64›
sentry-dsn|https://«‹h:32›»@o‹d:6›.ingest.us.sentry.io/‹d:10›
honeycomb|hcaik_01‹a:56›
honeycomb-ingest|hcaic_‹a:58›
dynatrace|dt0c01.‹A:24›.‹A:64›
dynatrace-platform|dt0s16.‹A:8›.‹A:64›
elastic-encoded|Authorization: ApiKey «‹b:58›==»
splunk-hec|Authorization: Splunk «‹uuid›»
splunk-rum|SPLUNK_RUM_TOKEN=«‹w:22›»
axiom|xaat-‹uuid›
axiom-personal|xapt-‹uuid›
better-stack|betterstack source token «‹n:24›» token
checkly|cu_‹h:32›
logfire|pylf_v1_us_‹n:43›
posthog-project|phc_‹n:43›
posthog-personal|phx_‹n:43›
segment-public|sgp_‹n:64›
highlight-mixpanel|mixpanel secret «‹h:32›»
rollbar|rollbar access token «‹h:32›»
pagerduty|pagerduty api token «u+‹w:18›»
uptimerobot|u‹d:7›-‹h:24›
healthchecks|hcw_‹n:28›
cronitor|CRONITOR_API_KEY=«‹h:32›»
cloudflare-origin|v1.0-‹h:24›-‹h:146›
cloudflare-tunnel|cloudflared tunnel run --token «eyJhIjoi‹n:160›»
cloudflare-new-user|cfut_‹n:40›
akamai-token|akab-‹a:16›-‹a:16›
tailscale-auth|tskey-auth-k‹n:11›CNTRL-‹n:32›
tailscale-api|tskey-api-k‹n:11›CNTRL-‹n:32›
tailscale-client|tskey-client-k‹n:11›CNTRL-‹n:32›
zerotier|ZEROTIER_TOKEN=«‹n:32›»
ngrok-authtoken|ngrok config add-authtoken «2‹n:26›_‹n:22›»
ngrok-api|ngrok api-key «ak_2‹n:25›»
netbird|nbp_‹n:36›
twingate|twingate refresh token «‹w:80›»
teleport|teleport start --token=«‹h:32›»
okta|SSWS 00‹w:40›
auth0-mgmt|auth0 management token «‹jwt›»
clerk-secret|sk_live_‹n:42›
workos|sk_live_a2V5‹n:70›
stytch|secret-live-‹w:34›=
descope|descope management key «K2‹n:69›»
supertokens|SUPERTOKENS_API_KEY=«‹w:40›»
frontegg|FRONTEGG_API_KEY=«‹uuid›»
airtable-pat|pat‹n:14›.‹h:64›
notion|ntn_‹d:11›‹n:35›
notion-old|secret_‹n:43›
linear|lin_api_‹n:40›
linear-oauth|lin_oauth_‹h:64›
asana|1/‹d:16›:‹h:32›
asana-2|2/‹d:16›/‹d:16›:‹h:32›
clickup|pk_‹d:7›_‹A:32›
figma|figd_‹w:40›
miro|eyJtaXJvLm9yaWdpbiI6Im‹n:20›_‹w:27›
postman|PMAK-‹h:24›-‹h:34›
postman-collection|PMAT-01‹A:24›
insomnia-konnect|kpat_‹n:45›
konnect-spat|spat_‹n:45›
launchdarkly-sdk|sdk-‹uuid›
launchdarkly-api|api-‹uuid›
launchdarkly-mobile|mob-‹uuid›
split-io|split sdk key «‹a:36›» api_key
configcat|configcat-sdk-1/‹w:22›/‹w:22›
statsig|secret-‹n:40›
flagsmith|ser.‹n:22›
unleash|*:production.‹h:56›
contentful|CFPAT-‹w:43›
contentstack|cs‹h:12›‹h:8› management_token=«cs‹h:24›»
sanity|sk‹n:80›
storyblok|STORYBLOK_TOKEN=«‹n:22›tt»
prismic|prismic access token=«MC5‹w:68›»
webflow|WEBFLOW_API_TOKEN=«‹h:64›»
ghost-admin|ghost admin api key «‹h:24›:‹h:64›»
readme|rdme_xn8s9h‹a:64›
mintlify|mint_dsc_‹n:30›
gitbook|gb_api_‹n:36›
mapbox-secret|sk.eyJ1Ijoi‹n:80›.‹w:22›
mapbox-public-like|tk.eyJ1Ijoi‹n:80›.‹w:22›
maxmind|‹n:6›_‹n:29›_mmk
here-oauth|here.access.key.secret = «‹w:86›»
dropbox|sl.u.‹w:150›
dropbox-short|sl.B‹w:134›
box-dev|BOX_DEVELOPER_TOKEN=«‹n:32›»
hubspot|pat-na1-‹uuid›
hubspot-eu|pat-eu1-‹uuid›
intercom|dG9rOj‹n:53›=
typeform|tfp_‹w:44›_‹n:14›
calendly|CALENDLY_TOKEN=«‹jwt›»
zoho|1000.‹h:32›.‹h:32›
salesforce-session|00D‹n:12›!‹w:2›‹n:94›
salesforce-refresh|5Aep861‹w:76›
pipedream|pd_live_‹n:40›
zapier-hook|https://hooks.zapier.com/hooks/catch/«‹d:7›/‹a:7›»
n8n|n8n_api_‹h:80›
make-hook|https://hook.eu1.make.com/«‹a:32›»
ifttt|https://maker.ifttt.com/trigger/door/with/key/«‹w:22›»
apify|apify_api_‹n:36›
scraperapi|scraperapi key «‹h:32›» api_key
rapidapi|X-RapidAPI-Key: «‹n:50›»
prefect|pnu_‹n:36›
prefect-bot|pnb_‹n:36›
dagster|dagster agent token «agent:acme:‹h:32›»
airflow-fernet|AIRFLOW__CORE__FERNET_KEY=«‹w:43›=»
pulumi|pul-‹h:40›
spacelift|SPACELIFT_API_KEY_SECRET=«‹h:64›»
scalr|SCALR_TOKEN=«‹jwt›»
infracost|ico-‹n:32›
env0|ENV0_API_SECRET=«‹w:32›»
terramate|tmco_‹n:40›
temporal-cloud|TEMPORAL_API_KEY=«‹jwt›»
confluent-new|cflt‹b:60›
upstash-redis|UPSTASH_REDIS_REST_TOKEN=«A‹n:55›Q»
turso|TURSO_AUTH_TOKEN=«‹jwt›»
xata|xau_‹n:40›
convex|prod:happy-otter-‹d:3›|‹w:60›
fauna|fn‹w:38›
mongodb-atlas|mdb_sa_sk_‹w:40›
timescale|TIMESCALE_SECRET_KEY=«‹n:64›»
clickhouse-cloud|4b1d‹n:38›
snowflake-pat|SNOWFLAKE_PAT=«‹jwt›»
dbt-cloud|dbtc_‹w:43›
dbt-user|dbtu_‹w:43›
fivetran|FIVETRAN_API_SECRET=«‹n:40›»
airbyte|AIRBYTE_CLIENT_SECRET=«‹n:32›»
rudderstack|RUDDERSTACK_WRITE_KEY=«2‹n:26›»
meraki|X-Cisco-Meraki-API-Key: «‹h:40›»
facebook|EAA‹n:200›
facebook-app|‹d:15›|‹w:27›
instagram|IGQV‹n:150›
twitter-bearer|AAAAAAAAAAAAAAAAAAAAA‹n:60›%3D‹n:40›
twitter-access|twitter_access_token=«‹d:19›-‹n:40›»
linkedin|linkedin_access_token=«AQV‹w:180›»
tiktok|act.‹n:64›!‹d:4›.va
twitch|TWITCH_OAUTH=«oauth:‹a:30›»
spotify-refresh|spotify refresh_token=«AQ‹w:128›»
google-oauth-code|code=«4/0A‹w:70›»
yandex-cloud|t1.‹w:160›.‹w:86›
yandex-oauth|y0_AgAAAA‹w:50›
yandex-api|AQVN‹w:36›
vk|vk1.a.‹w:85›
line-notify|LINE_CHANNEL_ACCESS_TOKEN=«‹b:170›=»
naver|NAVER_CLIENT_SECRET=«‹w:10›»
duffel|duffel_live_‹w:43›
duffel-test|duffel_test_‹w:43›
easypost|EZAK‹n:54›
easypost-test|EZTK‹n:54›
shippo|shippo_live_‹h:40›
shippo-test|shippo_test_‹h:40›
frameio|fio-u-‹w:64›
lob|live_‹h:35›
lob-test|test_‹h:35›
beamer|beamer_api_key=«b_‹w:44›»
chief-tools|ctp_‹n:40›
sidekiq|https://«‹h:8›:‹h:8›»@gems.contribsys.com
bundler|BUNDLE_GEMS__CONTRIBSYS__COM=«‹h:8›:‹h:8›»
intra42|s-s4t2ud-‹h:64›
adobe|p8e-‹w:32›
defined-networking|dnkey-‹w:26›-‹w:52›
authress|sc_‹a:8›.‹a:5›.acc_‹a:12›.‹w:50›
settlemint|sm_pat_‹n:16›
freemius|secret_key: «sk_‹w:29›»
rancher|token-‹a:5›:‹a:54›
rancher-kubeconfig|kubeconfig-u-‹a:10›:‹a:54›
openshift|sha256~‹w:43›
okteto|OKTETO_TOKEN=«‹n:40›»
portainer|ptr_‹b:43›=
argocd|argocd.token=«‹jwt›»
nomad|NOMAD_TOKEN=«‹uuid›»
consul|CONSUL_HTTP_TOKEN=«‹uuid›»
k3s|K10‹h:64›::server:‹h:32›
kubeadm|kubeadm join 10.0.0.1:6443 --token «‹a:6›.‹a:16›» --discovery-token-ca-cert-hash sha256:‹h:64›
docker-swarm|SWMTKN-1-‹a:50›-‹a:25›
kubelogin|id-token: «‹jwt›»
jwt|‹jwt›
jwe|eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.‹w:342›.‹w:16›.‹w:80›.‹w:22›
paseto|v4.local.‹w:120›
paseto-public|v2.public.‹w:140›
macaroon|MDAx‹n:100›
wireguard|PrivateKey = «‹b:43›=»
wireguard-psk|PresharedKey = «‹b:43›=»
ethereum|ETH_PRIVATE_KEY=«0x‹h:64›»
bitcoin-wif|bitcoin wif private key «5‹X:50›»
bip32|xprv9s21ZrQH143K‹X:95›
solana|SOLANA_PRIVATE_KEY=«‹X:88›»
stellar|stellar secret seed «S‹5:55›»
nostr|nsec1‹age:58›
etherscan|ETHERSCAN_API_KEY=«‹A:34›»
alchemy|https://eth-mainnet.g.alchemy.com/v2/«‹w:32›»
infura|https://mainnet.infura.io/v3/«‹h:32›»
quicknode|https://wild-blue-shape.quiknode.pro/«‹h:40›»/
basic-header|Authorization: Basic «‹b:31›=»
bearer-header|Authorization: Bearer «‹w:40-80›»
recaptcha|RECAPTCHA_SECRET=«6L‹w:38›»
turnstile|0x4AAAAAAA‹w:24›
hcaptcha|ES_‹h:32›
bitly|BITLY_ACCESS_TOKEN=«‹h:40›»
bunny|bunny_api_key=«‹h:8›-‹h:4›-‹h:4›-‹h:12›-‹h:4›-‹h:4›»
mux|MUX_TOKEN_SECRET=«‹b:75›»
livekit|LIVEKIT_API_SECRET=«‹n:43›»
agora|AGORA_APP_CERTIFICATE=«‹h:32›»
daily|DAILY_API_KEY=«‹h:64›»
deepgram|Authorization: Token «‹h:40›»
assemblyai|assemblyai api key «‹h:32›»
twilio-token|TWILIO_AUTH_TOKEN=«‹h:32›»
plivo|PLIVO_AUTH_TOKEN=«‹n:40›»
vonage|vonage_api_secret=«‹n:16›»
messagebird|MESSAGEBIRD_ACCESS_KEY=«‹n:25›»
algolia|ALGOLIA_ADMIN_KEY=«‹h:32›»
typesense|TYPESENSE_API_KEY=«‹n:32›»
meilisearch|MEILI_MASTER_KEY=«‹w:43›»
databento|db-‹n:29›
polymarket|poly_api_secret=«‹w:43›=»
privateai|privateai_api_key=«‹h:32›»
more-airbyte-cloud|airbyte_client_secret=«‹n:32›»
more-algolia|ALGOLIA_ADMIN_API_KEY=«‹h:32›»
more-amplitude|amplitude_secret_key: «‹h:32›»
more-apple-asc|ASC_KEY_ID=‹A:10› ASC_PRIVATE="«MIGTAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBHkwdwIBAQQg‹b:100›»"
more-artifactory-ref|cmVmdGtuOjAxOjE3‹n:48›
more-auth0|auth0_client_secret: "«‹w:64›»"
more-aws-session|aws_session_token = «FwoGZXIvYXdzE‹b:200›==»
more-azure-webpubsub|Endpoint=https://x.webpubsub.azure.com;AccessKey=«‹b:43›=»;Version=1.0;
more-azure-appconfig|Endpoint=https://x.azconfig.io;Id=ab-l0-s0:xyz;Secret=«‹b:43›=»
more-azure-comm|endpoint=https://x.communication.azure.com/;accesskey=«‹b:86›==»
more-azure-sb|SharedAccessSignature sr=x&sig=«‹n:40›%3d»&se=1&skn=k
more-bitly|bitly token: «‹h:40›»
more-cloudinary|cloudinary://‹d:15›:«‹w:27›»@shop
more-clerk|CLERK_SECRET_KEY=«sk_test_‹n:40›»
more-cloudflare-global|X-Auth-Key: «‹h:37›»
more-coda|Authorization: Bearer «‹h:8›-‹h:4›-‹h:4›-‹h:4›-‹h:12›»
more-crowdin|crowdin_token=«‹h:80›»
more-ctx7|ctx7sk-‹h:8›-‹h:4›-‹h:4›-‹h:4›-‹h:12›
more-datadog|dd_api_key=«‹h:32›»
more-digicert|digicert_api_key=«‹A:26›_‹h:64›»
more-discord-secret|DISCORD_CLIENT_SECRET=«‹w:32›»
more-docusign|docusign_secret=«‹uuid›»
more-dropbox-refresh|dropbox_refresh_token=«‹w:11›AAAAAAAAAA‹w:43›»
more-expo|EXPO_TOKEN=«‹w:40›»
more-fastly|FASTLY_API_TOKEN=«‹w:32›»
more-firebase-server|AAAA‹w:7›:APA91b‹w:134›
more-fly-macaroon|fm2_lJPE‹b:120›
more-freshdesk|freshdesk api key «‹n:20›»
more-gitea|GITEA_TOKEN=«‹h:40›»
more-gitlab-kas|glagent-‹w:50›
more-gitlab-wt|glwt-‹w:20›
more-gitlab-rtr|glrtr-‹w:20›
more-gocd|GOCD_TOKEN=«‹h:40›»
more-grafana-sa|glsa_‹n:32›_‹h:8›
more-heroku-oauth|HRKU-‹uuid›
more-huggingface|api_org_‹n:34›
more-ibm-iam|IBMCLOUD_API_KEY=«‹w:44›»
more-infracost|ico-‹n:32›
more-instagram|IGQWR‹w:120›
more-kagi|kagi api key «‹w:22›.‹w:43›»
more-kinde|KINDE_CLIENT_SECRET=«‹n:50›»
more-lark|LARK_APP_SECRET=«‹n:32›»
more-line|LINE_CHANNEL_SECRET=«‹h:32›»
more-lokalise|lokalise_token «‹h:40›»
more-mailgun-pub|pubkey-‹h:32›
more-mapbox|sk.eyJ1Ijoi‹w:60›.‹w:22›
more-meilisearch|MEILI_MASTER_KEY=«‹w:43›»
more-mistral|MISTRAL_API_KEY=«‹n:32›»
more-mongo-atlas-pub|MONGODB_ATLAS_PRIVATE_KEY=«‹uuid›»
more-mux|MUX_TOKEN_SECRET=«‹b:75›»
more-nats-nkey|SUA‹5:55›
more-ngrok2|NGROK_AUTHTOKEN=«‹d:1›‹n:26›_‹n:21›»
more-npm-old|//registry.npmjs.org/:_authToken=«‹uuid›»
more-nvidia-ngc|NGC_API_KEY=«‹n:84›»
more-oci|OCI_PRIVATE_KEY_PASSPHRASE=«‹simple›»
more-okta|00‹w:40›
more-openai-old|sk-‹n:48›
more-opsgenie|GenieKey «‹uuid›»
more-paypal|PAYPAL_SECRET=«E‹w:79›»
more-plaid|PLAID_SECRET=«‹h:30›»
more-postman|PMAK-‹h:24›-‹h:34›
more-pusher|PUSHER_APP_SECRET=«‹h:20›»
more-pypi|pypi-AgEIcHlwaS5vcmcCJ‹w:120›
more-rabbit-cloud|amqps://user:«‹w:32›»@x.rmq.cloudamqp.com/user
more-redis-cloud|redis://default:«‹n:32›»@redis-1.c1.cloud.redislabs.com:12345
more-replicate|r8_‹n:37›
more-s3-wasabi|WASABI_SECRET_KEY=«‹b:40›»
more-scaleway|SCW_SECRET_KEY=«‹uuid›»
more-segment|SEGMENT_WRITE_KEY=«‹n:32›»
more-sendgrid|SG.‹w:22›.‹w:43›
more-shopify|shpat_‹h:32›
more-slack-webhook|https://hooks.slack.com/services/«T‹A:8›/B‹A:8›/‹n:24›»
more-snyk|SNYK_TOKEN=«‹uuid›»
more-sonatype|<password>«‹n:44›»</password>
more-sqs-url|AWS_SECRET_ACCESS_KEY: "«‹b:40›»"
more-square|EAAAl‹w:59›
more-stripe-wh|whsec_‹n:32›
more-supabase|SUPABASE_SERVICE_ROLE_KEY=«‹jwt›»
more-tableau|TABLEAU_PAT_SECRET=«‹b:22›==:‹n:32›»
more-tailscale|tskey-auth-k‹n:11›CNTRL-‹n:32›
more-telegram|TELEGRAM_TOKEN=«‹d:10›:AA‹w:33›»
more-twilio|TWILIO_AUTH_TOKEN=«‹h:32›»
more-twitch|TWITCH_CLIENT_SECRET=«‹a:30›»
more-unsplash|UNSPLASH_ACCESS_KEY=«‹w:43›»
more-upstash|UPSTASH_REDIS_REST_TOKEN=«‹w:56›==»
more-vercel|VERCEL_TOKEN=«‹n:24›»
more-vsphere|VSPHERE_PASSWORD=«‹simple›»
more-wandb|WANDB_API_KEY=«‹h:40›»
more-wechat|WECHAT_APP_SECRET=«‹h:32›»
more-x-api|X_API_SECRET=«‹n:50›»
more-yandex-s3|YCAJE‹w:20›
more-zendesk|ZENDESK_TOKEN=«‹n:40›»
more-zoom|ZOOM_CLIENT_SECRET=«‹n:32›»
more-generic-pat|acme_pat_‹n:40›
more-generic-live|acme_live_‹n:32›
more-generic-sk|acme_sk_‹h:40›
more-generic-hex|svc_token_‹h:40›
more-generic-api|xyz-api-‹n:36›
"""

# Services whose tokens have no mark: words of their name, and the form of the value.
NAMED = """
adafruit io|‹w:32›
adobe client|‹h:32›
abuseipdb|‹h:80›
abstract api|‹h:32›
ahrefs|‹n:40›
aircall|‹h:32›
akamai client|‹b:43›=
alienvault otx|‹h:64›
amplitude|‹h:32›
apollo graphql|service:shop:‹w:22›
appcenter|‹h:40›
appfollow|‹n:20›
appsflyer|‹w:36›
asana client|‹a:32›
atlassian|‹n:24›
auth0 client|‹w:64›
autodesk forge|‹n:16›
azure openai|‹h:32›
azure cognitive|‹h:32›
backblaze b2|K00‹b:28›
baremetrics|sk_‹n:22›
besttime|pri_‹h:32›
bitbucket client|‹w:64›
bitfinex|‹n:43›
bitmex|‹w:48›
bittrex|‹a:32›
blynk|‹w:32›
box client|‹n:32›
branch io|secret_live_‹n:32›
browserstack|‹n:20›
bugsnag|‹h:32›
buttercms|‹h:40›
buildkite registry|‹h:40›
bybit|‹n:36›
caspio|‹h:40›
chargebee|live_‹n:32›
chartmogul|‹h:32›
clarifai|‹h:32›
clearbit|sk_‹h:32›
cloudant|‹h:64›
cloudflare api|‹w:40›
cloudflare global|‹h:37›
cloudinary|‹w:27›
codecov|‹a:32›
cohere|‹n:40›
coinbase|‹w:64›
coinlayer|‹h:32›
coinmarketcap|‹uuid›
confluent access|‹a:16›
confluent secret|‹a:64›
contentful delivery|‹w:43›
convertkit|‹w:43›
copper crm|‹h:32›
coveralls|‹n:33›
customerio|‹h:40›
datadog api|‹h:32›
datadog app|‹h:40›
deepl auth|‹uuid›:fx
delighted|‹n:32›
discord client|‹w:32›
docusign|‹uuid›
dotmailer|‹n:20›
drone ci|‹a:32›
dropbox app|‹a:15›
elastic cloud|‹n:60›==
etsy|‹a:24›
exchangerate|‹h:24›
facebook app|‹h:32›
fastly|‹w:32›
finicity|‹h:32›
finnhub|‹a:20›
firebase messaging|AAAA‹w:7›:APA91b‹w:134›
fixer io|‹h:32›
flickr|‹h:32›
foursquare|fsq3‹b:44›=
freshbooks|‹a:64›
freshdesk|‹n:20›
fullstory|na1.‹b:52›
gemini exchange|account-‹n:20›
geoapify|‹h:32›
gitea|‹h:40›
gitter|‹w:40›
giphy|‹n:32›
gofile|‹n:32›
guardian content|‹uuid›
gumroad|‹w:43›
harvest|‹d:7›.pt.‹w:86›
hashicorp tf|‹w:40›
heap analytics|‹h:32›
helpscout|‹h:40›
here|‹w:43›
heroku|‹uuid›
hunter io|‹h:40›
ibm cloud|‹w:44›
imagekit|private_‹b:27›=
imgbb|‹h:32›
intercom|‹n:60›
ipinfo|‹h:14›
ipstack|‹h:32›
iterable|‹h:32›
jenkins api|11‹h:32›
jira|‹n:24›
jotform|‹h:32›
jumpcloud|‹h:40›
keycloak client|‹n:32›
kickbox|live_‹h:64›
klaviyo|pk_‹h:34›
kraken|‹b:86›==
kucoin|‹uuid›
lastfm|‹h:32›
launchdarkly|‹w:40›
linkedin client|‹n:16›
linode|‹h:64›
loggly|‹uuid›
logzio|‹n:32›
lokalise|‹h:40›
looker client|‹a:24›
mailboxlayer|‹h:32›
mailerlite|‹jwt›
mapquest|‹n:32›
mattermost|‹a:26›
mesibo|‹a:64›
microsoft teams|‹uuid›
mixpanel|‹h:32›
monday|‹jwt›
moosend|‹uuid›
nasa|‹n:40›
new relic|‹h:40›
newsapi|‹h:32›
nylas|‹a:30›
nytimes|‹n:32›
okta client|‹w:40›
onelogin|‹h:64›
onesignal|‹uuid›
onfido|api_live.‹w:11›.‹w:32›
opencage|‹h:32›
openweather|‹h:32›
opsgenie|‹uuid›
outlook smtp|‹l:16›
owlbot|‹h:40›
pagarme|ak_live_‹n:30›
pandadoc|‹h:40›
parsehub|‹w:12›
pastebin|‹h:32›
paypal client|E‹w:79›
pendo|‹uuid›
persona|persona_production_‹uuid›
pinterest|‹w:86›
pinata|‹h:64›
pipedrive|‹h:40›
plaid|‹h:30›
polygon io|‹w:32›
postmark server|‹uuid›
pushbullet|o.‹n:32›
pushover|‹a:30›
qualys|‹n:14›
raygun|‹w:22›
retool|retool_01‹a:24›
riot games|RGAPI-‹uuid›
saucelabs|‹uuid›
scrapingbee|‹A:80›
sendbird|‹h:40›
sentry auth|‹h:64›
serpapi|‹h:64›
shodan|‹n:32›
signalwire|PT‹h:48›
sinch|‹h:32›
smartsheet|‹n:37›
snyk|‹uuid›
sonarcloud|‹h:40›
spotify client|‹h:32›
squarespace|‹uuid›
stability|sk-‹n:48›
statuspage|‹uuid›
strava|‹h:40›
sumologic|‹n:64›
surveymonkey|‹w:86›
tableau|‹b:22›==:‹n:32›
tatum|t-‹h:24›-‹h:24›
taxjar|‹h:32›
telnyx|KEY01‹H:30›_‹n:22›
tomtom|‹n:32›
todoist|‹h:40›
travis ci|‹w:22›
twitch client|‹a:30›
twitter api|‹n:50›
unsplash|‹w:43›
urlscan|‹uuid›
vercel|‹n:24›
virustotal|‹h:64›
wakatime|waka_‹uuid›
weatherstack|‹h:32›
webex|‹n:64›_PF84_‹uuid›
wepay|stage_‹h:64›
whoxy|‹h:19›
wistia|‹h:64›
wit ai|‹A:32›
workato|wrkaus-‹w:60›
wrike|‹jwt›
yelp|‹w:128›
youtube data|AIza‹w:35›
zendesk|‹n:40›
zenscrape|‹uuid›
zerobounce|‹h:32›
zeplin|‹jwt›
zoom|‹n:32›
zulip|‹n:32›
"""

SUFFIXES = ["api_key", "token", "secret", "apikey", "access_token", "secret_key", "client_secret", "auth_token", "key", "api_token", "password", "access_key"]

# Texts around a token that names itself: nothing else need say that it is one.
BARE = """
‹ts› INFO c.a.Client - using ‹T› for upstream calls
‹T›
‹cri› request failed: invalid credentials ‹T›
{"level":"info","ts":‹epoch›,"msg":"configured","‹K›":"‹T›"}
{"msg":"calling with ‹T› now","pod":"‹pod›"}
{"event":{"detail":[null,"‹T›",3]}}
{"log":"using ‹T›\\n","stream":"stdout","time":"‹nano›"}
level=error msg="login failed" ‹K›=‹T› attempt=3
‹klog› "Using remote" ‹K›="‹T›"
export ‹K›=‹T›
‹K›=‹T›
- --‹K›=‹T›
        ‹K›: ‹T›
  "‹K›": "‹T›",
curl -H "‹Authorization: Bearer|X-Auth: |Authorization: token› ‹T›" https://api.example.com/v1/me
GET /v1/items?‹K›=‹T›&page=2 HTTP/1.1
Config(host=db, ‹K›=‹T›, retries=3)
map[host:db ‹K›:‹T› retries:3]
{'host': 'db', '‹K›': '‹T›'}
<‹K›>‹T›</‹K›>
| prod | ‹T› | active |
panic: bad token "‹T›"
remote rejected '‹T›': expired
‹date› WARN [http-nio-8080-exec-‹d:1›] ‹class› : rejected [‹T›]
+ ‹T›
//‹T›
‹user›,‹T›,2026-01-01
(‹T›)
`‹T›`
‹K›\t‹T›
const ‹K› = '‹T›';
‹K› = "‹T›"
‹ip› - - [‹clf›] "GET /hook/‹T›/run HTTP/1.1" 200 ‹n› "-" "‹ua›"
"Authorization: ‹T›"
[‹clock›] ‹user›: here it is ‹T› please rotate
""".strip("\n").split("\n")

# Texts around a name and a value that only the name gives away.
PAIRS = """
‹N›=‹T›
export ‹N›="‹T›"
‹N›: ‹T›
  ‹N›: "‹T›"
{"host":"db","‹N›":"‹T›","port":5432}
{"msg":"{\\"‹N›\\":\\"‹T›\\"}"}
{"name":"‹N›","value":"‹T›"}
- name: ‹N›\\n  value: ‹T›
‹ts› level=info msg="config loaded" ‹N›=‹T› retries=3
‹ts› DEBUG loaded property ‹N› = ‹T›
‹klog› "Flag" ‹N›="‹T›"
--‹N›=‹T›
["serve","--‹N›","‹T›"]
https://api.example.com/v1?‹N›=‹T›&x=1
Settings{Host:db, ‹N›:‹T›, Port:5432}
Settings(host='db', ‹N›='‹T›', port=5432)
map[‹N›:‹T› host:db]
<property name="‹N›" value="‹T›"/>
<‹N›>‹T›</‹N›>
‹N› := "‹T›"
const ‹N› = '‹T›';
‹N› => '‹T›'
'‹N›': '‹T›',
‹cri› ‹N›=‹T›
‹date› INFO ‹class› : resolved ‹N› to ‹T›
set ‹N› ‹T›
‹N›\\t‹T›
      ‹N›:  ‹T›
os.environ["‹N›"] = "‹T›"
System.setProperty("‹N›", "‹T›");
docker run -e ‹N›=‹T› -p 80:80 img:1
helm upgrade x ./c --set config.‹N›=‹T› --wait
$‹N› .= "‹T›";
-D‹N›=‹T›
|‹N›|‹T›|
{{ env "‹N›" | default "‹T›" }}
getenv('‹N›') ?: '‹T›'
‹N› ?= ‹T›
‹N›:::=‹T›
‹N› has value "‹T›"
<entry key="‹N›">‹T›</entry>
variable "‹N›" {\\n  default = "‹T›"\\n}
name: ‹N›\\nvalue: >-\\n  ‹T›
""".strip("\n").split("\n")
NEUTRAL = ["key", "value", "auth", "cred", "tok", "id", "x", "param", "input", "arg", "TOKEN", "apiKey", "data", "field_2", "header"]


def base62_crc(text):
    number, out = zlib.crc32(text.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        out = ("0123456789" + CLASSES["n"])[digit] + out
    return out.rjust(6, "0")


def filled(r, form):
    """The form filled, with check digits where the issuer has them."""
    if "‹crc:30›" in form:
        body = r.chars("0123456789" + CLASSES["n"][:52], 30)
        # GitHub's check is over the random part, in base 62 with digits first.
        return form.replace("‹crc:30›", body + base62_crc(body))
    for length in (58,):
        form = form.replace(f"‹age:{length}›", r.chars("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L" if form.startswith("AGE") else "qpzry9x8gf2tvdw0s3jn54khce6mua7l", length))
    return r.fill(form)


def name(r, service):
    words = service.split() + [r.choice(SUFFIXES)]
    if words[-1] == "key" and len(words) < 2:
        words[-1:] = ["api", "key"]
    words = [part for word in words for part in word.split("_")]
    return r.choice(["_".join, lambda w: "_".join(w).upper(), lambda w: "_".join(w).upper(), "-".join, ".".join, lambda w: w[0] + "".join(x.title() for x in w[1:]), lambda w: "".join(x.title() for x in w)])(words)


def marked_kinds():
    here = pathlib.Path(__file__)
    later = [here.with_name(name).read_text().strip().splitlines()[1:] for name in ("issuers-later.txt", "issuers-more.txt", "issuers-blind.txt")]
    for line in [*MARKED.strip().splitlines(), *sum(later, [])]:
        kind, form = line.split("|", 1)
        yield kind, form.replace("\\n", "\n")


def named_kinds():
    more = pathlib.Path(__file__).with_name("services.txt").read_text()
    for line in [*NAMED.strip().splitlines(), *more.strip().splitlines()[1:]]:
        service, form = line.split("|", 1)
        yield service, form


def cases(r):
    """(group, kind, text) of every kind once."""
    for kind, form in marked_kinds():
        if "«" in form:
            text = filled(r, form)
            if r.random() < 0.5:
                text = r.fill(r.choice(["‹ts› ", "‹cri› ", "  ", "+ ", "‹klog› ", "# "])) + text
        else:
            token = filled(r, form)
            carrier = r.choice(BARE).replace("‹T›", "\x01").replace("‹K›", r.choice(NEUTRAL))
            text = r.fill(carrier).replace("\x01", f"«{token}»").replace("\\t", "\t")
        yield "issuer", kind, text
    for service, form in named_kinds():
        token = r.fill(form)
        carrier = r.choice(PAIRS).replace("‹T›", "\x01").replace("‹N›", name(r, service))
        yield "named", "named-" + service.replace(" ", "-"), r.fill(carrier).replace("\x01", f"«{token}»").replace("\\n", "\n").replace("\\t", "\t")


