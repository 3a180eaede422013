//! The tokens that say by their form who issued them: one line a kind. `lead` is what stands before the secret and stays
//! readable, `secret` is what is masked; both are regular expressions. A match begins with one of `starts`, where no letter or
//! digit stands before it, and ends where no letter or digit follows. Without `starts` a match begins where a run of 20 characters
//! of mixed kind begins (the trigger for tokens without a form).
//!
//! Examples are templates that tests and the warm-up expand: `{w20}` is twenty letters and digits, `{h}` hex, `{u}` capitals and
//! digits, `{d}` digits, `{l}` small letters and digits, `{b}` base64url, `{s}` base64. No token stands here.

/// One kind of token.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) id: &'static str,
    pub(crate) description: &'static str,
    pub(crate) starts: &'static [&'static str],
    pub(crate) lead: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) example: &'static str,
    /// Looks alike and is none.
    pub(crate) near_miss: &'static str,
    /// How many letters and digits before the match belong to the secret.
    pub(crate) back: usize,
}

const fn p(
    id: &'static str,
    description: &'static str,
    starts: &'static [&'static str],
    secret: &'static str,
    example: &'static str,
    near_miss: &'static str,
) -> Provider {
    Provider { id, description, starts, lead: "", secret, example, near_miss, back: 0 }
}

const fn after(
    id: &'static str,
    description: &'static str,
    starts: &'static [&'static str],
    lead: &'static str,
    secret: &'static str,
    example: &'static str,
    near_miss: &'static str,
) -> Provider {
    Provider { id, description, starts, lead, secret, example, near_miss, back: 0 }
}

const fn back(
    id: &'static str,
    description: &'static str,
    starts: &'static [&'static str],
    back: usize,
    secret: &'static str,
    example: &'static str,
    near_miss: &'static str,
) -> Provider {
    Provider { id, description, starts, lead: "", secret, example, near_miss, back }
}

#[rustfmt::skip]
pub(crate) const PROVIDERS: &[Provider] = &[
    // Clouds
    p("aws-access-key", "AWS access key id", &["AKIA", "ASIA", "ABIA", "ACCA"], "(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}", "AKIA{u16}", "AKIA{u10} AKIAlog"),
    p("aws-session-token", "AWS session token", &["IQoJb3", "FwoGZX", "FQoGZX", "AQoDYX", "AQoEXA"], "(?:IQoJb3|FwoGZX|FQoGZX|AQoDYX|AQoEXA)[A-Za-z0-9+/%=]{40,}", "IQoJb3{s120}", "IQoJb3JpZ2"),
    p("aws-bedrock-key", "Amazon Bedrock API key", &["ABSK", "bedrock-api-key-"], "(?:ABSK[A-Za-z0-9+/=]{60,}|bedrock-api-key-[A-Za-z0-9+/=]{30,})", "ABSK{s100}", "ABSKy"),
    p("google-api-key", "Google API key", &["AIza"], "AIza[A-Za-z0-9_-]{35,}", "AIza{b35}", "AIzawa-{w5}"),
    p("google-oauth-token", "Google OAuth access token", &["ya29."], r"ya29\.[A-Za-z0-9_.-]{20,}", "ya29.{b60}", "ya29.x"),
    p("google-oauth-secret", "Google OAuth client secret", &["GOCSPX-"], "GOCSPX-[A-Za-z0-9_-]{20,}", "GOCSPX-{b28}", "GOCSPX-id"),
    p("google-refresh-token", "Google OAuth refresh token", &["1//0"], "1//0[A-Za-z0-9_-]{30,}", "1//0{b60}", "1//0.5"),
    back("azure-client-secret", "Microsoft Entra client secret", &["7Q~", "8Q~", "6Q~", "5Q~", "9Q~"], 3, "[5-9]Q~[A-Za-z0-9_.~-]{30,}", "{w3}8Q~{w34}", "8Q~{w4}"),
    p("azure-devops-token", "Azure DevOps personal access token", &["AZDO"], "AZDO[A-Za-z0-9]{40,}", "AZDO{w60}", "AZDO pipeline"),
    after("azure-storage-key", "Azure storage or service bus key", &["AccountKey=", "SharedAccessKey="], "(?:AccountKey|SharedAccessKey)=", "[A-Za-z0-9+/=]{20,}", "AccountKey={s86}==", "AccountKey=;"),
    p("alibaba-access-key", "Alibaba Cloud access key id", &["LTAI"], "LTAI[A-Za-z0-9]{12,26}", "LTAI{w20}", "LTAI {w5}"),
    p("tencent-secret-id", "Tencent Cloud secret id", &["AKID"], "AKID[A-Za-z0-9]{28,40}", "AKID{w32}", "AKID{w5}"),
    p("yandex-cloud-key", "Yandex Cloud key or token", &["AQVN", "t1.9eu"], r"(?:AQVN[A-Za-z0-9_-]{35,}|t1\.9eu[A-Za-z0-9_.-]{40,})", "AQVN{b36}", "AQVN{w5}"),
    p("digitalocean-token", "DigitalOcean token", &["dop_v1_", "doo_v1_", "dor_v1_"], "do[opr]_v1_[a-f0-9]{40,}", "dop_v1_{h64}", "dop_v1_{h6}"),
    p("scaleway-key", "Scaleway access key", &["SCW"], "SCW[A-Z0-9]{17}", "SCW{u17}", "SCW{u5}"),
    p("fly-token", "Fly.io token", &["FlyV1 ", "fo1_", "fm1_", "fm2_"], "(?:FlyV1 fm[12]_[A-Za-z0-9+/=,_-]{20,}|fo1_[A-Za-z0-9_-]{30,}|fm[12]r?_[A-Za-z0-9+/=]{40,})", "fo1_{b43}", "fo1_x"),
    p("heroku-key", "Heroku API key", &["HRKU-"], "HRKU-[A-Za-z0-9_-]{30,}", "HRKU-{b60}", "HRKU-1"),
    p("cloudflare-ca-key", "Cloudflare origin CA key", &["v1.0-"], "v1\\.0-[a-f0-9]{24}-[a-f0-9]{100,}", "v1.0-{h24}-{h146}", "v1.0-{h8}"),
    p("ibm-cloud-key", "IBM Cloud API key", &["ApiKey-"], "ApiKey-[A-Za-z0-9-]{30,}", "ApiKey-{w36}", "ApiKey-id"),
    p("oracle-cloud-key", "Oracle Cloud session token", &["ST$eyJ"], r"ST\$eyJ[A-Za-z0-9_.-]{30,}", "ST$eyJ{b60}", "ST$eyJ"),
    p("vercel-token", "Vercel token", &["vcp_", "vck_", "vca_", "vcr_", "vci_"], "vc[pkari]_[A-Za-z0-9]{24,}", "vcp_{w56}", "vcp_x"),
    p("netlify-token", "Netlify token", &["nfp_", "nfo_", "nfc_", "nfu_", "nfb_"], "nf[pocub]_[A-Za-z0-9]{30,}", "nfp_{w36}", "nfp_x"),
    p("render-key", "Render API key", &["rnd_"], "rnd_[A-Za-z0-9]{24,}", "rnd_{w28}", "rnd_seed"),
    // Source code and builds
    p("github-token", "GitHub token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], "gh[pousr]_[A-Za-z0-9_.-]{20,}", "ghp_{w36}", "ghp_{w4}"),
    p("github-fine-grained-token", "GitHub fine-grained token", &["github_pat_"], "github_pat_[A-Za-z0-9_]{30,}", "github_pat_{w22}_{w59}", "github_pat_x"),
    p("gitlab-token", "GitLab token", &["glpat-", "gldt-", "glptt-", "glrt-", "glcbt-", "glft-", "glimt-", "glsoat-", "glagent-", "gloas-", "glffct-", "GR1348941"], "(?:gl(?:pat|dt|ptt|rt|rtr|cbt|ft|imt|soat|agent|oas|ffct)-[A-Za-z0-9_.-]{16,}|GR1348941[A-Za-z0-9_-]{16,})", "glpat-{b20}", "glpat-x"),
    p("bitbucket-token", "Bitbucket or Atlassian token", &["ATBB", "ATATT3", "ATCTT3", "ATSTT3", "BBDC-"], "(?:ATBB[A-Za-z0-9_=.-]{24,}|AT[ACS]TT3[A-Za-z0-9_=.-]{40,}|BBDC-[A-Za-z0-9+/@_-]{30,})", "ATBB{w32}", "ATBB{w4}"),
    p("gitea-token", "Gitea or Forgejo token with its prefix", &["gta_", "gto_"], "gt[ao]_[A-Za-z0-9]{32,}", "gta_{l40}", "gta_v"),
    p("circleci-token", "CircleCI token", &["CCIPAT_", "CCIPRJ_"], "CCIP(?:AT|RJ)_[A-Za-z0-9_]{20,}", "CCIPAT_{w22}_{h40}", "CCIPAT_x"),
    p("buildkite-token", "Buildkite token", &["bkua_", "bkat_", "bkct_", "bkpat_", "bkaj_"], "bk(?:ua|at|ct|pat|aj)_[A-Za-z0-9]{30,}", "bkua_{h40}", "bkua_x"),
    p("jenkins-secret", "Jenkins credential blob", &["{AQAAABAAAA"], r"\{AQAAABAAAA[A-Za-z0-9+/=]{20,}\}?", "{AQAAABAAAA{s60}}", "{AQAAABAAAA}"),
    back("terraform-token", "Terraform Cloud token", &[".atlasv1."], 20, r"\.atlasv1\.[A-Za-z0-9_=-]{40,}", "{w14}.atlasv1.{w67}", ".atlasv1.x"),
    p("pulumi-token", "Pulumi token", &["pul-"], "pul-[a-f0-9]{40}", "pul-{h40}", "pul-{h4}"),
    p("sourcegraph-token", "Sourcegraph token", &["sgp_", "slk_"], "(?:sgp_(?:[a-fA-F0-9]{16}_)?[a-fA-F0-9]{40}|slk_[a-f0-9]{64})", "sgp_{h40}", "sgp_x"),
    p("sonar-token", "SonarQube token", &["squ_", "sqp_", "sqa_"], "sq[upa]_[a-z0-9]{40}", "squ_{h40}", "squ_x"),
    p("snyk-token", "Snyk token", &["snyk_uat.", "snyk_sat."], r"snyk_[us]at\.[A-Za-z0-9_.-]{20,}", "snyk_uat.{w8}.{b60}", "snyk_uat."),
    // Registries
    p("npm-token", "npm token", &["npm_"], "npm_[A-Za-z0-9]{30,}", "npm_{w36}", "npm_config_x"),
    p("pypi-token", "PyPI token", &["pypi-AgE"], "pypi-AgE[A-Za-z0-9_-]{40,}", "pypi-AgE{b120}", "pypi-AgEx"),
    p("rubygems-key", "RubyGems API key", &["rubygems_"], "rubygems_[a-f0-9]{40,}", "rubygems_{h48}", "rubygems_version"),
    p("crates-io-token", "crates.io token", &["cio"], "cio[A-Za-z0-9]{32}", "cio{w32}", "cio{w5}"),
    p("nuget-key", "NuGet API key", &["oy2"], "oy2[a-z0-9]{43}", "oy2{l43}", "oy2{l5}"),
    p("docker-token", "Docker Hub token", &["dckr_pat_", "dckr_oat_"], "dckr_[po]at_[A-Za-z0-9_-]{20,}", "dckr_pat_{b27}", "dckr_pat_x"),
    p("artifactory-key", "JFrog Artifactory key", &["AKCp", "cmVmdGtuO"], "(?:AKCp[A-Za-z0-9]{50,}|cmVmdGtuO[A-Za-z0-9+/=]{40,})", "AKCp{w69}", "AKCp{w5}"),
    p("clojars-token", "Clojars token", &["CLOJARS_"], "CLOJARS_[a-zA-Z0-9]{50,}", "CLOJARS_{h60}", "CLOJARS_USER"),
    p("hex-pm-key", "Quay or Hex robot token", &["hexpm_"], "hexpm_[A-Za-z0-9]{20,}", "hexpm_{w32}", "hexpm_x"),
    // Chat and mail
    p("slack-token", "Slack token", &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xoxo-", "xoxc-", "xoxd-", "xapp-", "xwfp-"], r"(?:xox[abcdeoprs][-.][A-Za-z0-9%.+/=-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}|xwfp-[A-Za-z0-9-]{10,})", "xoxb-{d12}-{d12}-{w24}", "xoxb-x"),
    after("slack-webhook", "Slack webhook path", &["hooks.slack.com/"], "hooks\\.slack\\.com/(?:services|workflows|triggers)/", "[A-Za-z0-9/_-]{20,}", "https://hooks.slack.com/services/T{u8}/B{u8}/{w24}", "https://hooks.slack.com/services/"),
    after("discord-webhook", "Discord webhook path", &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"], "discord(?:app)?\\.com/api/webhooks/", "[0-9]{10,}/[A-Za-z0-9_-]{30,}", "https://discord.com/api/webhooks/{d18}/{b68}", "https://discord.com/api/webhooks/{d18}"),
    after("teams-webhook", "Microsoft Teams webhook path", &["webhook.office.com/", "outlook.office.com/webhook"], "(?:webhook\\.office\\.com/webhookb2/|outlook\\.office\\.com/webhookb?2?/)", "[A-Za-z0-9@/-]{60,}", "https://corp.webhook.office.com/webhookb2/{h8}-{h4}-{h4}-{h4}-{h12}@{h8}-{h4}-{h4}-{h4}-{h12}/IncomingWebhook/{h32}/{h8}-{h4}-{h4}-{h4}-{h12}", "https://corp.webhook.office.com/webhookb2/"),
    p("discord-token", "Discord bot token", &[], r"(?:MT|Nz|OD)[A-Za-z0-9_-]{21,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}", "MT{b24}.{b6}.{b38}", "MT{b4}.x"),
    back("telegram-bot-token", "Telegram bot token", &[":AA"], 12, ":AA[A-Za-z0-9_-]{32,34}", "{d10}:AA{b33}", "x:AA:bb"),
    p("sendgrid-key", "SendGrid API key", &["SG."], r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{20,}", "SG.{b22}.{b43}", "SG.UTF.x"),
    p("mailgun-key", "Mailgun key", &["key-"], "key-[a-f0-9]{32}", "key-{h32}", "key-{h8}"),
    p("mailchimp-key", "Mailchimp key", &["md-"], "md-[A-Za-z0-9_-]{22}", "md-{w22}", "md-file"),
    p("sendinblue-key", "Brevo key", &["xkeysib-", "xsmtpsib-"], "x(?:key|smtp)sib-[a-f0-9]{40,}(?:-[A-Za-z0-9]{16})?", "xkeysib-{h64}-{w16}", "xkeysib-x"),
    p("twilio-key", "Twilio API key", &[], "SK[a-f0-9]{32}", "SK{h32}", "SK{h5}"),
    p("mattermost-token", "Zoho or Cliq token", &["1000."], r"1000\.[a-f0-9]{32}\.[a-f0-9]{32}", "1000.{h32}.{h32}", "1000.{d3}"),
    p("linear-key", "Linear API key", &["lin_api_", "lin_oauth_"], "lin_(?:api|oauth)_[A-Za-z0-9]{30,}", "lin_api_{w40}", "lin_api_x"),
    p("notion-token", "Notion token", &["ntn_"], "ntn_[A-Za-z0-9]{30,}", "ntn_{w46}", "ntn_x secret_key"),
    p("figma-token", "Figma token", &["figd_", "figdr_", "figu_"], "fig(?:d|dr|u)_[A-Za-z0-9_-]{30,}", "figd_{b40}", "figd_x"),
    p("postman-key", "Postman API key", &["PMAK-"], "PMAK-[a-f0-9]{24}-[a-f0-9]{34}", "PMAK-{h24}-{h34}", "PMAK-{h4}"),
    p("dropbox-token", "Dropbox token", &["sl.u.", "sl.A", "sl.B"], r"sl\.(?:u\.)?[AB][A-Za-z0-9_-]{60,}", "sl.B{b130}", "sl.Bx"),
    p("typeform-token", "Typeform token", &["tfp_"], "tfp_[A-Za-z0-9_.=-]{40,}", "tfp_{b59}", "tfp_x"),
    p("contentful-token", "Contentful token", &["CFPAT-"], "CFPAT-[A-Za-z0-9_-]{40,}", "CFPAT-{b43}", "CFPAT-x"),
    p("facebook-token", "Facebook access token", &["EAA"], "EAA(?:[A-Z0-9][A-Za-z0-9]{40,}|[A-Za-z0-9]{90,})", "EAAC{w120}", "EAACx"),
    p("twitter-bearer", "X bearer token", &["AAAAAAAAAAAAAAAAAAAA"], "A{20,22}[A-Za-z0-9%]{60,}", "AAAAAAAAAAAAAAAAAAAAA{w90}", "AAAAAAAAAAAAAAAAAAAAAAAA"),
    p("hubspot-token", "HubSpot token", &["pat-na1-", "pat-na2-", "pat-eu1-", "pat-ap1-"], "pat-(?:na|eu|ap)[0-9]-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}", "pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}", "pat-na1-{h4}"),
    p("readme-key", "ReadMe API key", &["rdme_"], "rdme_[a-z0-9]{50,}", "rdme_{l70}", "rdme_x"),
    p("intra42-secret", "42 intra client secret", &["s-s4t2"], "s-s4t2(?:ud|af)-[a-f0-9]{64}", "s-s4t2ud-{h64}", "s-s4t2"),
    // Payment and trade
    p("stripe-key", "Stripe API key", &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "sk_org_"], "[sr]k_(?:live|test|prod|org)_[A-Za-z0-9_]{10,}", "sk_live_{w24}", "sk_live_x"),
    p("stripe-webhook-secret", "Stripe webhook secret", &["whsec_"], "whsec_[A-Za-z0-9+/=]{20,}", "whsec_{w32}", "whsec_x"),
    p("square-token", "Square token", &["sq0atp-", "sq0csp-", "sq0idp-", "EAAAE", "EAAAl"], "(?:sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,}|EAAA[El][A-Za-z0-9_-]{50,})", "sq0atp-{b22}", "sq0atp-x"),
    p("paypal-braintree-token", "PayPal Braintree token", &["access_token$"], r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}", "access_token$production${l16}${h32}", "access_token$x"),
    p("shopify-token", "Shopify token", &["shpat_", "shpca_", "shppa_", "shpss_", "shpua_"], "shp(?:at|ca|pa|ss|ua)_[a-fA-F0-9]{30,}", "shpat_{h32}", "shpat_{h4}"),
    p("shippo-token", "Shippo token", &["shippo_live_", "shippo_test_"], "shippo_(?:live|test)_[a-f0-9]{40}", "shippo_live_{h40}", "shippo_live_x"),
    p("easypost-key", "EasyPost key", &["EZAK", "EZTK"], "EZ[AT]K[A-Za-z0-9]{54}", "EZAK{w54}", "EZAK{w4}"),
    p("flutterwave-key", "Flutterwave key", &["FLWSECK", "FLWPUBK"], "FLW(?:SEC|PUB)K(?:_TEST)?-[A-Za-z0-9-]{12,}", "FLWSECK-{h32}-X", "FLWSECK-x"),
    p("adyen-key", "Adyen API key", &["AQE"], r"AQE[a-z]hm[A-Za-z0-9+/=.-]{40,}", "AQEyhm{s60}", "AQE{w5}"),
    p("razorpay-key", "Razorpay key", &["rzp_live_", "rzp_test_"], "rzp_(?:live|test)_[A-Za-z0-9]{14,}", "rzp_live_{w14}", "rzp_live_x"),
    p("plaid-token", "Plaid token", &["access-production-", "access-sandbox-", "access-development-"], "access-(?:production|sandbox|development)-[a-f0-9-]{36}", "access-production-{h8}-{h4}-{h4}-{h4}-{h12}", "access-production-x"),
    p("coinbase-key", "Ethereum or Bitcoin private key in export form", &["xprv"], "xprv[a-km-zA-HJ-NP-Z1-9]{90,}", "xprv{a107}", "xprv{w4}"),
    // AI
    p("anthropic-key", "Anthropic API key", &["sk-ant-"], "sk-ant-[A-Za-z0-9_-]{20,}", "sk-ant-api03-{b93}AA", "sk-ant-x"),
    p("openai-key", "OpenAI API key", &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-"], "sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,})", "sk-proj-{b48}", "sk-proj-x sk-learn"),
    p("openrouter-key", "OpenRouter key", &["sk-or-"], "sk-or-(?:v1-)?[A-Za-z0-9]{30,}", "sk-or-v1-{h64}", "sk-or-x"),
    p("langsmith-key", "LangSmith or Langfuse key", &["lsv2_", "sk-lf-"], "(?:lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|sk-lf-[a-f0-9-]{36})", "lsv2_pt_{h32}_{h10}", "lsv2_x"),
    p("groq-key", "Groq key", &["gsk_"], "gsk_[A-Za-z0-9]{30,}", "gsk_{w52}", "gsk_x"),
    p("huggingface-token", "Hugging Face token", &["hf_", "api_org_"], "(?:hf_[A-Za-z0-9]{30,}|api_org_[A-Za-z0-9]{30,})", "hf_{w34}", "hf_hub"),
    p("replicate-token", "Replicate token", &["r8_"], "r8_[A-Za-z0-9]{30,}", "r8_{w37}", "r8_x"),
    p("perplexity-key", "Perplexity key", &["pplx-"], "pplx-[A-Za-z0-9]{30,}", "pplx-{w48}", "pplx-x"),
    p("xai-key", "xAI key", &["xai-"], "xai-[A-Za-z0-9_-]{40,}", "xai-{w80}", "xai-x"),
    p("nvidia-key", "NVIDIA API key", &["nvapi-"], "nvapi-[A-Za-z0-9_-]{40,}", "nvapi-{b64}", "nvapi-x"),
    p("fireworks-key", "Fireworks key", &["fw_"], "fw_[A-Za-z0-9]{22,}", "fw_{w24}", "fw_version"),
    p("together-key", "Cerebras, Together or Tavily key", &["csk-", "tgp_v1_", "tvly-"], "(?:csk-[a-z0-9]{40,}|tgp_v1_[A-Za-z0-9_-]{40,}|tvly-(?:dev-)?[A-Za-z0-9]{28,})", "csk-{l48}", "csk-x"),
    p("pinecone-key", "Pinecone key", &["pcsk_"], "pcsk_[A-Za-z0-9_]{40,}", "pcsk_{w70}", "pcsk_x"),
    p("elevenlabs-key", "Key of the sk_ form with hex", &["sk_"], "sk_[a-f0-9]{40,}", "sk_{h48}", "sk_{h4}"),
    // Databases and data
    p("mongodb-key", "MongoDB Atlas key", &["mdb_sa_sk_"], "mdb_sa_sk_[A-Za-z0-9_-]{30,}", "mdb_sa_sk_{b40}", "mdb_sa_sk_x"),
    p("planetscale-token", "PlanetScale token", &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"], "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,}", "pscale_pw_{b43}", "pscale_pw_x"),
    p("databricks-token", "Databricks token", &["dapi", "dkea", "dose", "dsap"], "(?:dapi|dkea|dose|dsap)[a-f0-9]{32}(?:-[0-9])?", "dapi{h32}", "dapi{h4}"),
    p("supabase-key", "Supabase key", &["sbp_", "sb_secret_"], "(?:sbp_(?:v0_)?[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,})", "sbp_{h40}", "sbp_x"),
    p("neon-key", "Neon key", &["napi_", "npg_"], "(?:napi_[a-z0-9]{50,}|npg_[A-Za-z0-9]{12,})", "npg_{w14}", "npg_x"),
    p("aiven-token", "Aiven token", &["AVNS_", "aivenv1"], r"(?:AVNS_[A-Za-z0-9_-]{15,}|aivenv1[A-Za-z0-9+/=]{40,})", "AVNS_{w19}", "AVNS_x"),
    p("influx-token", "Confluent or ClickHouse key", &["cflt", "4b1d"], "(?:cflt[A-Za-z0-9+/]{60}|4b1d[A-Za-z0-9]{38})", "cflt{s60}", "cflt{w4}"),
    p("doppler-token", "Doppler token", &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."], r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}", "dp.pt.{w43}", "dp.pt.x"),
    p("vault-token", "HashiCorp Vault token", &["hvs.", "hvb.", "hvr."], r"hv[sbr]\.[A-Za-z0-9_-]{20,}", "hvs.{b90}", "hvs.x"),
    p("infisical-token", "Infisical service token", &["st."], r"st\.[a-f0-9-]{24,36}\.[a-f0-9]{32}\.[a-f0-9]{32}", "st.{h24}.{h32}.{h32}", "st.{h4}"),
    p("onepassword-token", "1Password service account token", &["ops_eyJ"], "ops_eyJ[A-Za-z0-9_=-]{60,}", "ops_eyJ{b250}", "ops_eyJ"),
    p("onepassword-secret-key", "1Password secret key", &["A3-"], "A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}", "A3-{u6}-{u11}-{u5}-{u5}-{u5}", "A3-{u4}"),
    p("age-secret-key", "age secret key", &["AGE-SECRET-KEY-1", "age-secret-key-1"], "(?i)AGE-SECRET-KEY-1[A-Z0-9]{50,}", "AGE-SECRET-KEY-1{u58}", "AGE-SECRET-KEY-1"),
    p("tailscale-key", "Tailscale key", &["tskey-"], "tskey-[a-z]+-[A-Za-z0-9-]{10,}", "tskey-auth-{w12}-{w32}", "tskey-auth"),
    p("teleport-token", "Tines, Prefect or Rootly token", &["pnu_", "pnb_", "rootly_"], "(?:pn[ub]_[A-Za-z0-9]{36}|rootly_[a-f0-9]{64})", "pnu_{w36}", "pnu_x"),
    // Observability
    p("grafana-token", "Grafana token", &["glc_", "glsa_", "eyJrIjoi"], "(?:glc_[A-Za-z0-9+/=]{30,}|glsa_[A-Za-z0-9]{30,}_[a-fA-F0-9]{8}|eyJrIjoi[A-Za-z0-9+/=]{40,})", "glsa_{w32}_{h8}", "glsa_x"),
    p("newrelic-key", "New Relic key", &["NRAK-", "NRAA-", "NRII-", "NRRA-", "NRIQ-", "NRJS-", "NRSP-"], "NR(?:AK|AA|II|RA|IQ|JS|SP)-[A-Za-z0-9_-]{18,}", "NRAK-{u27}", "NRAK-x"),
    p("newrelic-license-key", "New Relic license key", &["eu01xx"], "eu01xx[a-f0-9]{30}(?:NRAL|[a-f0-9]{4})", "eu01xx{h30}NRAL", "eu01xx"),
    p("sentry-token", "Sentry token", &["sntrys_", "sntryu_"], "sntry[su]_[A-Za-z0-9+/=_-]{40,}", "sntryu_{h64}", "sntryu_x"),
    p("dynatrace-token", "Dynatrace token", &["dt0c01.", "dt0s01.", "dt0s02.", "dt0s08."], r"dt0[cs]0[0-9]\.[A-Z0-9]{20,}\.[A-Z0-9]{40,}", "dt0c01.{u24}.{u64}", "dt0c01.x"),
    p("elastic-key", "Elastic Cloud API key", &["essu_"], "essu_[A-Za-z0-9+/=_-]{40,}", "essu_{s60}", "essu_x"),
    p("posthog-key", "PostHog key", &["phc_", "phx_", "phs_"], "ph[cxs]_[A-Za-z0-9]{32,}", "phx_{w43}", "phx_x"),
    p("rollbar-honeycomb-key", "Honeycomb key", &["hcaik_", "hcxik_", "hcamk_"], "hc(?:aik|xik|amk)_[a-z0-9]{50,}", "hcaik_{l58}", "hcaik_x"),
    p("logfire-token", "Pydantic Logfire token", &["pylf_v1_"], "pylf_v[0-9]_[a-z]{2}_[A-Za-z0-9]{30,}", "pylf_v1_us_{w43}", "pylf_v1_x"),
    p("launchdarkly-key", "LaunchDarkly key", &["sdk-", "mob-"], "(?:sdk|mob)-[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[a-f0-9]{4}-[a-f0-9]{12}", "sdk-{h8}-{h4}-4{h3}-{h4}-{h12}", "sdk-{h4} api-server"),
    p("okta-token", "Okta API token", &["SSWS "], "SSWS +[A-Za-z0-9_-]{30,}", "SSWS 00{b40}", "SSWS x"),
    p("dotnet-protected-data", "ASP.NET protected payload", &["CfDJ8"], "CfDJ8[A-Za-z0-9_+/-]{30,}", "CfDJ8{b120}", "CfDJ8x"),
    p("duffel-token", "Duffel or Frame.io token", &["duffel_", "fio-u-"], "(?:duffel_(?:live|test)_[A-Za-z0-9_=-]{40,}|fio-u-[A-Za-z0-9_=-]{60,})", "duffel_live_{b43}", "duffel_live_x"),
    p("password-hash", "Hash of a password, as crypt, bcrypt and argon2 write it", &["$2a$", "$2b$", "$2y$", "$6$", "$5$", "$1$", "$y$", "$apr1$", "$argon2", "$pbkdf2", "$scrypt$", "pbkdf2_sha256$", "SCRAM-SHA-256$", "{SSHA}", "{SSHA512}"], r"(?:\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{40,}|\$(?:6|5|1|y|apr1)\$[^\s:'\x22$]{1,40}(?:\$[^\s:'\x22$]{1,40})?\$[./A-Za-z0-9]{16,}|\$(?:argon2|pbkdf2|scrypt)[^\s'\x22]{30,}|pbkdf2_sha256\$[0-9]+\$[^\s'\x22]{30,}|SCRAM-SHA-256\$[^\s'\x22]{40,}|\{SSHA(?:512)?\}[A-Za-z0-9+/=]{20,})", "$2b$12${w53}", "$2b$12$x"),
    p("ssh-private-key", "Body of an OpenSSH private key", &["b3BlbnNzaC1rZXktdjE"], "b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/=]{16,}", "b3BlbnNzaC1rZXktdjE{s200}", "b3BlbnNzaC1rZXktdjE"),
    p("private-key-base64", "A PEM private key in base64", &["LS0tLS1CRUdJTiBSU0EgUFJJVkFUR", "LS0tLS1CRUdJTiBQUklWQVRF", "LS0tLS1CRUdJTiBFQyBQUklWQVRF", "LS0tLS1CRUdJTiBPUEVOU1NI", "LS0tLS1CRUdJTiBFTkNSWVBURU", "LS0tLS1CRUdJTiBEU0EgUFJJVkFUR"], "LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]{20,}", "LS0tLS1CRUdJTiBQUklWQVRF{s200}", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0"),
    p("private-key-der", "PKCS private key body without its PEM header", &["MIIEvQIBADANBg", "MIIEvgIBADANBg", "MIIEvwIBADANBg", "MIIEwAIBADANBg", "MIIEpAIBAAK", "MIIEpQIBAAK", "MIIEowIBAAK", "MIIEogIBAAK", "MIIJKQIBAAK", "MIIJKAIBAAK", "MIIJKgIBAAK", "MIIJQgIBADANBg", "MIIJQwIBADANBg", "MHcCAQEEI", "MIGHAgEAMBMGByqGSM49", "MIGkAgEBBD", "MC4CAQAwBQYDK2Vw"], "M(?:II|Hc|IG|C4)[A-Za-z0-9+/=]{40,}", "MIIEpAIBAAK{s200}", "MIIEpAIBAAK"),
];
