//! The word lists of `keys`: what makes a key a secret's, and what makes it something about one. Data only.

/// The words by which a key is noticed (triggers and anchors), with the least bytes of value that make it worth a look.
#[rustfmt::skip]
pub(crate) const KEY_WORDS: &[(&str, u32)] = &[
    ("password", 3), ("passwd", 3), ("passphrase", 4), ("passcode", 4), ("passwrd", 3), ("pswd", 3), ("pwd", 3), ("userpass", 3),
    ("dbpass", 3), ("_pass", 3), ("pass=", 0), ("pass:", 0), ("rootpw", 3), ("_pw", 3), ("pw=", 0), ("pw:", 0), ("_pat", 6), ("_key", 16), ("-key", 16), (".key", 16), (" key", 16), ("bindpw", 3), ("sshpass", 3), ("requirepass", 3), ("masterauth", 3), ("storepass", 3), ("keypass", 3),
    ("secret", 4), ("token", 6), ("credential", 4), ("_creds", 4), ("apikey", 6), ("api_key", 6), ("api-key", 6), ("api key", 6), ("appkey", 6), ("app_key", 6), ("app-key", 6),
    ("accesskey", 6), ("access_key", 6), ("access-key", 6), ("access key", 6), ("privatekey", 6), ("private_key", 6), ("private-key", 6), ("encryptionkey", 6),
    ("encryption_key", 6), ("encryption-key", 6), ("signingkey", 6), ("signing_key", 6), ("signing-key", 6), ("masterkey", 6), ("master_key", 6), ("master-key", 6),
    ("authkey", 6), ("auth_key", 6), ("auth-key", 6), ("accountkey", 6), ("account_key", 6), ("account-key", 6), ("sharedkey", 6), ("shared_key", 6),
    ("shared-key", 6), ("storagekey", 6), ("storage_key", 6), ("licensekey", 6), ("license_key", 6), ("license-key", 6), ("servicekey", 6), ("service_key", 6),
    ("sshkey", 6), ("ssh_key", 6), ("consumerkey", 6), ("consumer_key", 6), ("integration_key", 6), ("integrationkey", 6), ("routing_key", 6), ("webhook_key", 6), ("hmac_key", 6), ("aes_key", 6),
    ("aeskey", 6), ("crypt_key", 6), ("write_key", 6), ("writekey", 6), ("ingest_key", 6), ("ingestion_key", 6), ("project_key", 6), ("host_key", 6), ("subscription-key", 6), ("subscription_key", 6),
    ("functions-key", 6), ("preshared", 4), ("pre_shared", 4), ("psk", 6), ("auth", 6), ("authorization", 3), ("bearer", 6), ("cookie", 4), ("session", 8), ("sessid", 6), ("_sid", 8), ("sid=", 0), ("jwt", 8), ("signature", 8), ("sig=", 0), ("x-amz-security", 8),
    ("otp", 4), ("_pin", 4), ("pin=", 0), ("pin\"", 4), ("pass =", 0), ("pass\"", 3), ("pass'", 3), ("pin:", 0), ("pincode", 4), ("cvv", 3), ("totp", 4), ("mfa", 4), ("2fa", 4), ("verification_code", 4), ("verificationcode", 4), ("one_time", 4), ("backup_code", 4), ("recovery_code", 4),
    ("mnemonic", 3), ("seed_phrase", 3), ("seedphrase", 3), ("seed phrase", 3), ("recovery phrase", 3), ("recovery_phrase", 3), ("unseal", 8), ("recovery_key", 8), ("recoverykey", 8), ("csrf", 6), ("xsrf", 6), ("nonce_key", 6), ("salt", 8), ("pepper", 8), ("sas_", 8), ("kubeconfig", 8), ("dockerconfigjson", 8), ("code=", 0), ("?key=", 0), ("&key=", 0), ("?ticket=", 0), ("&ticket=", 0), ("?hash=", 0), ("&hash=", 0), ("?invite=", 0), ("?confirm=", 0), ("?magic=", 0), ("?t=", 0), ("?k=", 0), ("pw =", 0),
    ("mdp", 3),
   
    ("verification code", 4), ("security code", 4), ("one-time code", 4), ("login code", 4), ("one-time password", 3), ("p/w", 0), ("recovery code", 4), ("secret-key", 4), ("backup code", 4), ("hmac=", 0), ("crumb", 16), ("card_number", 4), ("cardnumber", 4), ("credit_card", 4), ("creditcard", 4),
];

/// Last words of keys, for notations in which something other than `=` or `:` follows the key: `("password", "x")`, `<token>`,
/// `--secret x`, `["key"]`. Which key it is, `keys` decides.
#[rustfmt::skip]
pub(crate) const CLOSED_WORDS: &[&str] = &[
    "password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "pwd", "pass", "secret", "token", "key", "credential",
    "credentials", "creds", "authorization", "auth", "cookie", "session", "key_base", "psk", "pat",
];

/// Beginnings of escapes that stand for letters, digits or separators, which nobody escapes but to hide them or by machine.
#[rustfmt::skip]
pub(crate) const ESCAPES: &[&str] = &[
    "\\u004", "\\u005", "\\u006", "\\u007", "\\u003d", "\\u003a", "\\x4", "\\x5", "\\x6", "\\x7", "\\x3d", "\\14", "\\15", "\\16",
    "%70%", "%73%", "%74%", "%61%", "%6b%", "%67%", "%41%", "%5f", "%3d", "%253d", "%255f", "&#10", "&#11", "&#12", "&#6", "&#7", "&#8", "&#9", "%40",
    "&#x6", "&#x7", "&#x4", "&#x5",
];

/// What the hex of a secret's text is likely to hold.
#[rustfmt::skip]
pub(crate) const TELLING: &[&str] = &[
    "pass", "PASS", "token", "TOKEN", "secret", "SECRET", "key=", "key:", "key\"", "KEY=", "AKIA", "ASIA", "ghp_", "gho_", "ghs_",
    "glpat-", "sk-", "sk_live", "xox", "eyJ", "-----BEGIN", "earer ", "uthoriz", "://", "AIza", "hvs.", "npm_",
];

/// Nouns after which a sentence may tell a secret.
#[rustfmt::skip]
pub(crate) const PROSE_NOUNS: &[&str] = &[
    "pw ", "password ", "passwd ", "passphrase ", "passcode ", "pwd ", "senha ",
    
    
    "token ", "tokens ", "api key ", "apikey ", "api-key ", "access key ", "secret key ", "secret ", "auth key ", "license key ", "private key ", "signing key ",
    "encryption key ", "code is ", "otp is ", "otp for ", "pin is ", "pin for ", "verification code", "one-time code", "security code",
    "login code", "passcode: ", "enter the code ", "enter code ", "with pass ", "and pass ", "credentials ", "credentials: ", "creds: ", "creds ", "login: ", "key ", "secret seed ", "login is ",
];

/// Heads of columns that hold secrets.
#[rustfmt::skip]
pub(crate) const COLUMN_WORDS: &[&str] = &["password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "access_key", "secret_key"];

/// Words that name a password.
#[rustfmt::skip]
pub(crate) const PASSWORDS: &[&str] = &[
    "password", "passwords", "passwd", "passwort", "passphrase", "passcode", "passwrd", "pswd", "pwd", "pass",
    "userpass", "pw", "rootpw", "bindpw", "dbpass", "requirepass", "masterauth", "storepass", "keypass",
    "clave", "contrasena", "senha", "chave", "motdepasse", "mdp", "parola", "wachtwoord", "haslo", "kennwort",
    "geheim", "schluessel", "kodeord", "losenord", "salasana", "sifre", "heslo", "jelszo", "passord", "lozinka",
    "adgangskode", "matkhau", "geslo", "parole", "zaporka", "geheimnis", "psk", "preshared", "pepper",
];

/// Word endings that make a word one of the above: `mysqlpassword`, `authtoken`.
#[rustfmt::skip]
pub(crate) const ENDINGS: &[(&str, &str)] = &[
    ("password", "password"), ("passwd", "password"), ("passphrase", "password"), ("passwort", "password"),
    ("pwd", "password"), ("secret", "secret"), ("token", "token"), ("apikey", "key"), ("accesskey", "key"),
    ("secretkey", "key"), ("privatekey", "key"), ("authkey", "key"), ("encryptionkey", "key"), ("signingkey",
    "key"), ("masterkey", "key"), ("accountkey", "key"), ("sharedkey", "key"), ("storagekey", "key"),
    ("licensekey", "key"), ("servicekey", "key"), ("sshkey", "key"), ("appkey", "key"), ("consumerkey", "key"),
    ("integrationkey", "key"), ("writekey", "key"), ("aeskey", "key"), ("recoverykey", "key"),
    ("secretaccesskey", "key"),
];

/// What makes a following `key` a secret.
#[rustfmt::skip]
pub(crate) const KEY_KINDS: &[&str] = &[
    "api", "access", "secret", "private", "encryption", "encrypt", "signing", "master", "auth", "account",
    "shared", "storage", "license", "service", "ssh", "consumer", "integration", "webhook", "hmac", "aes",
    "crypt", "write", "ingest", "ingestion", "subscription", "functions", "unseal", "recovery", "app",
    "application", "cookie", "session", "jwt", "token", "preshared", "host", "project", "root", "admin", "rest",
    "security", "decryption", "client",
];

/// After a secret word, these make it something about a secret and not the secret.
#[rustfmt::skip]
pub(crate) const ABOUT: &[&str] = &[
    "file", "files", "filename", "path", "dir", "directory", "name", "names", "ref", "reference", "count",
    "counts", "length", "len", "size", "bytes", "type", "types", "policy", "policies", "url", "uri", "endpoint",
    "host", "port", "ttl", "expiry", "expires", "expire", "expiration", "expired", "expiring", "age", "at",
    "time", "timeout", "timestamp", "date", "duration", "enabled", "disabled", "enable", "disable", "required",
    "require", "valid", "invalid", "validity", "validation", "validator", "status", "state", "method", "mode",
    "format", "version", "algorithm", "alg", "algo", "manager", "provider", "store", "service", "server",
    "controller", "namespace", "mount", "mounted", "kind", "limit", "max", "min", "used", "usage", "rotation",
    "rotated", "rotate", "interval", "field", "prompt", "reset", "change", "changed", "error", "errors",
    "failed", "failure", "failures", "attempts", "attempt", "id", "ids", "index", "issuer", "audience", "scope",
    "scopes", "class", "reviewer", "review", "reviews", "request", "requests", "response", "exchange", "cache",
    "bucket", "buckets", "rate", "per", "in", "out", "source", "strength", "encoder", "decoder", "hasher",
    "handler", "filter", "interceptor", "factory", "helper", "util", "utils", "exception", "check", "checker",
    "generator", "template", "label", "labels", "annotation", "backend", "engine", "plugin", "user", "username",
    "owner", "role", "group", "flow", "grant", "client", "config", "settings", "options", "set", "present",
    "exists", "loaded", "found", "missing", "header", "param", "parameter", "cookie", "domain", "region",
    "zone", "location", "lookup", "storage", "total", "seconds", "ms", "last", "next", "created", "updated",
    "modified", "issued", "revoked", "accessor", "renewable", "fingerprint", "thumbprint", "digest", "sha",
    "checksum", "hint", "question", "link", "page", "callback", "redirect", "vault", "resolver", "parser",
    "go", "java", "js", "ts", "py", "rb", "rs", "kt", "php", "cs", "cpp", "yaml", "yml", "json", "txt", "jar", "jsx", "tsx", "mjs", "scala", "xml",
    "stream", "volume", "volumes", "sync", "informer", "lister", "projection", "env", "var", "key", "keys",
    "arn", "mgr", "regex", "pattern", "placeholder", "score", "visibility", "toggle", "icon", "cb", "fn", "func",
];

/// Before `token` or `session`, these make it no secret.
#[rustfmt::skip]
pub(crate) const BENIGN: &[&str] = &[
    "next", "page", "pagination", "continue", "continuation", "cancel", "cancellation", "max", "min", "num",
    "total", "prompt", "completion", "syntax", "eos", "bos", "pad", "sync", "resource", "fencing", "lock",
    "shard", "sequence", "unexpected", "invalid", "public", "resume", "cursor", "stop", "special", "first",
    "last", "current", "window", "change", "client_request", "idempotency", "tokenizer", "subword", "unk",
    "mask", "cls", "sep", "paging", "scroll", "watch", "partition", "start", "end", "delimiter",
];

/// After a secret word these change nothing.
#[rustfmt::skip]
pub(crate) const NEUTRAL: &[&str] = &[
    "value", "val", "values", "data", "plain", "plaintext", "text", "old", "new", "current", "confirm",
    "confirmation", "hash", "hashed", "encrypted", "b64", "base64", "encoded", "string", "str", "raw", "prod",
    "production", "dev", "staging", "test", "primary", "secondary", "default", "admin", "root", "db", "again",
    "repeat", "verify", "master", "here", "is", "was",
];

/// Last words of the names of public values.
#[rustfmt::skip]
pub(crate) const PUBLIC: &[&str] = &[
    "etag", "nonce", "digest", "sha", "sha1", "sha256", "sha512", "checksum", "fingerprint", "integrity",
    "hash", "trace", "traceid", "span", "spanid", "correlation", "correlationid", "kid", "thumbprint", "jti",
    "uid", "uuid", "guid", "cursor", "revision", "commit", "version", "resourceversion", "requestid", "request",
    "continue", "ray", "id", "ids", "key_id", "image", "imageid", "containerid", "cid", "ref",
    "sec-websocket-key", "websocket", "if-none-match", "x-amz-id-2", "boundary", "public", "cert",
    "certificate", "cabundle", "ca", "crt", "arn", "url", "uri", "path", "file", "filename", "class", "logger",
    "caller", "method", "func", "function", "module", "package", "name", "pod", "container", "node", "topic",
    "queue", "event", "type", "kind", "label", "accept", "accessor", "bh", "mac", "iv", "tag", "handle", "receipthandle", "metric", "route", "endpoint", "host", "query", "operation",
    "build", "tag", "release", "device",
];

/// Before `key`, these leave no doubt.
#[rustfmt::skip]
pub(crate) const STATED_KINDS: &[&str] = &[
    "api", "access", "secret", "private", "encryption", "encrypt", "decryption", "signing", "master", "auth", "hmac", "aes", "crypt",
    "license", "unseal", "ssh", "jwt", "token", "consumer", "webhook", "subscription", "write", "ingest", "ingestion", "integration",
    "functions", "shared", "preshared", "app", "application", "server",
];

/// Before `token`, these leave no doubt.
#[rustfmt::skip]
pub(crate) const TOKEN_KINDS: &[&str] = &[
    "http", "server", "nomad", "consul",
    "access", "auth", "api", "bearer", "refresh", "bot", "personal", "private", "secret", "oauth", "oauth2", "service", "deploy", "http", "server",
    "registration", "runner", "root", "admin", "webhook", "verification", "app", "user", "client", "id", "jwt", "security", "login",
    "developer", "account", "sa", "join", "bootstrap", "agent", "management", "master", "read", "write", "publish", "registry",
];

/// Before `key`, these make it the name of a place or a record, and no secret.
#[rustfmt::skip]
pub(crate) const BENIGN_KEYS: &[&str] = &[
    "cache", "partition", "sort", "primary", "foreign", "public", "pub", "row", "object", "s3", "idempotency", "dedup", "deduplication",
    "lookup", "map", "hash", "shard", "sharding", "group", "event", "i18n", "translation", "message", "msg", "redis", "lock", "routing",
    "record", "index", "entity", "bucket", "file", "image", "blob", "composite", "unique", "natural", "candidate", "trace", "span",
    "request", "correlation", "job", "task", "item", "user", "tenant", "topic", "kafka", "metric", "label", "config", "feature", "flag",
    "rate", "limit", "store", "memo", "etag", "digest", "fingerprint", "cert", "known", "aggregation", "bucketing", "join", "range",
    "clustering", "document", "doc", "node", "pod", "queue", "workqueue", "binding", "schema", "column", "field", "order", "cart",
    "product", "site", "by", "the", "a", "of", "same", "duplicate", "distribution", "affinity", "sticky", "ordering", "registry",
    "context", "data", "value", "first", "last", "start", "end", "min", "max", "next", "previous", "prev", "search", "find", "get",
    "set", "put", "delete", "input", "hot", "cold", "any", "each", "this", "that", "id", "no", "new", "old", "merge", "sync", "build",
    "commit", "artifact", "layer", "snapshot", "backup", "restore", "checkpoint", "watermark", "window", "batch", "stream", "reduce",
    "host", "dns", "tls", "ssl", "gpg", "pgp", "verification", "attestation", "device", "metadata", "annotation", "selector",
    "toleration", "taint", "topology", "websocket", "socket", "leader", "election", "lease", "state", "session",
];

/// Before `secret`, these make the value the name of an object that holds one.
#[rustfmt::skip]
pub(crate) const REFERRING: &[&str] = &[
    "existing", "pull", "mountable", "tls", "target", "source", "sealed", "external", "referenced", "password", "credentials", "cert",
    "certificate", "image", "dockerconfig", "docker", "kubernetes", "k8s", "orphaned", "unused", "updated", "created", "deleted",
    "creating", "deleting", "updating", "owned", "managed", "ca", "key",
];

/// Services whose tokens have no form of their own. A key that names one holds a credential where the value looks like one.
#[rustfmt::skip]
pub(crate) const SERVICES: &[&str] = &[
    "abstractapi", "abuseipdb", "accuweather", "adafruit", "adobe", "adzuna", "agora", "aikido", "airbrake", "airbyte",
    "airship", "airtable", "aiven", "alchemy", "alegra", "algolia", "alibaba", "alienvault", "aliyun", "amadeus", "amplitude",
    "anthropic", "anyscale", "apify", "apilayer", "appcues", "appdynamics", "appfollow", "appveyor", "artifactory", "asana",
    "assemblyai", "atlantis", "atlassian", "auth0", "autodesk", "avalara", "aviationstack", "axiom", "ayrshare", "azure",
    "bamboohr", "baremetrics", "basecamp", "baseten", "beamer", "betterstack", "billomat", "bitbar", "bitbucket", "bitfinex",
    "bitly", "bitmex", "bitrise", "bittrex", "blazemeter", "blynk", "braintree", "braintrust", "brandfetch", "braze", "brevo",
    "browserbase", "browserstack", "browshot", "bscscan", "buddyns", "bugherd", "bugsnag", "buildkite", "bulbul", "buttercms",
    "caflou", "calendarific", "calendly", "campayn", "cannyio", "captaindata", "carboninterface", "cashboard", "censys",
    "centralstationcrm", "cerebras", "cexio", "chargebee", "chartmogul", "chatwork", "checkly", "checkmarx", "checkvist",
    "chroma", "cicero", "circleci", "clarifai", "clearbit", "clerk", "clickhouse", "clickhousecloud", "clicksend", "clickup",
    "cliengo", "clinchpad", "clockify", "clockwork", "cloudability", "cloudamqp", "cloudant", "cloudconvert", "cloudelements",
    "cloudflare", "cloudimage", "cloudinary", "cloudmersive", "cloudplan", "cloudsmith", "cloverly", "cloze", "codacy",
    "codeclimate", "codecov", "codefresh", "codemagic", "cohere", "coinapi", "coinbase", "coinlib", "coinmarketcap",
    "commercejs", "companyhub", "confluence", "confluent", "contabo", "contentful", "contentstack", "convertapi",
    "convertkit", "convier", "coolify", "coralogix", "coreweave", "couchbase", "countrylayer", "courier", "coveralls",
    "cronitor", "crowdin", "crowdstrike", "cryptocompare", "currencyfreaks", "currencylayer", "currents", "customerio",
    "dagster", "dailyco", "dandelion", "dash0", "databricks", "datadog", "datagov", "dbt", "debounce", "deepai", "deepgram",
    "deepl", "deepseek", "descope", "detectify", "detectlanguage", "dfuse", "diffbot", "diggernaut", "digitalocean",
    "discogs", "discord", "discourse", "disqus", "dnscheck", "dnsimple", "docparser", "documo", "docusign", "doppler",
    "dotmailer", "dovico", "dronahq", "droneci", "dropbox", "duffel", "duply", "dwolla", "dynalist", "dynatrace", "e2b",
    "easyinsight", "ecostruxure", "edamam", "edenai", "eightxeight", "elasticemail", "elephantsql", "elevenlabs", "enablex",
    "endorlabs", "env0", "equinix", "etherscan", "ethplorer", "etsy", "eventbrite", "everhour", "exoscale", "exportsdk",
    "extractorapi", "facebook", "faceplusplus", "fastforex", "fastly", "fibery", "figma", "fileio", "finage", "finicity",
    "finnhub", "firecrawl", "fireworks", "fivetran", "fixerio", "flatio", "fleetbase", "flickr", "flightapi", "flightstats",
    "flowflu", "flutterwave", "flyio", "formbucket", "formcraft", "formio", "formsite", "foursquare", "freshbooks",
    "freshdesk", "freshsales", "fulcrum", "fullstory", "fusionauth", "gcp", "geckoboard", "gengo", "geoapify", "geocodify",
    "geocodio", "getgeoapi", "getresponse", "gitea", "github", "gitlab", "gitter", "glassnode", "gocanvas", "gocardless",
    "goodday", "googlemaps", "grafana", "graphcms", "graphhopper", "greptile", "groovehq", "groq", "growthbook", "gtmetrix",
    "guardianapi", "gumroad", "gyazo", "happyscribe", "harness", "healthchecks", "helicone", "hellosign", "helpscout",
    "hereapi", "heroku", "hetzner", "hightouch", "hiveage", "holidayapi", "honeybadger", "honeycomb", "html2pdf", "hubspot",
    "huggingface", "humanloop", "humio", "hypertrack", "iconfinder", "iexcloud", "imagekit", "imagga", "influxdb", "infobip",
    "infura", "insightly", "instabot", "instagram", "instamojo", "instana", "intercom", "interseller", "intra42", "intrinio",
    "invoiceocean", "ipapi", "ipgeolocation", "ipify", "ipinfo", "ipinfodb", "ipquality", "ipstack", "jenkins", "jfrog",
    "jira", "jotform", "jumpcloud", "juro", "kamatera", "kanbantool", "karmacrm", "keenio", "kickbox", "klaviyo", "klipfolio",
    "knapsackpro", "kontent", "koyeb", "kraken", "kubecost", "kucoin", "lacework", "langfuse", "langsmith", "languagelayer",
    "lastfm", "launchdarkly", "leadfeeder", "lemlist", "lemonsqueezy", "lendflow", "lessannoyingcrm", "lexigram", "lightstep",
    "linenotify", "linkedin", "linkpreview", "linode", "liveagent", "livestorm", "loadmill", "locationiq", "logdna", "loggly",
    "loginradius", "logrocket", "logtail", "logz", "logzio", "lokalise", "looker", "loyverse", "lunchmoney", "luno",
    "macaddress", "madkudu", "magento", "mailboxlayer", "mailchimp", "mailerlite", "mailgun", "mailjet", "mailmodo",
    "mailsac", "mailtrap", "mandrill", "mapbox", "mapquest", "marketstack", "mattermost", "mavenlink", "maxmind",
    "mediastack", "meistertask", "meraki", "mercadopago", "mesibo", "messagebird", "metaapi", "metabase", "metrilo", "mezmo",
    "microsoftteams", "midtrans", "milvus", "mindmeister", "mistral", "mixmax", "mixpanel", "mockaroo", "moesif", "mollie",
    "moneybird", "mongodb", "moonclerk", "moosend", "moralis", "motherduck", "mparticle", "mrticktock", "myfreshworks",
    "nasdaq", "netbird", "netcore", "netlify", "netsuite", "neutrinoapi", "newrelic", "newsapi", "newscatcher", "nexmo",
    "nftport", "ngc", "ngrok", "nicereply", "nightfall", "nitro", "northflank", "noticeable", "notion", "novu", "nozbe",
    "nubela", "numverify", "nutritionix", "nylas", "nytimes", "oanda", "okta", "omnisend", "onedesk", "onelogin", "onepage",
    "onesignal", "onfido", "onfleet", "oopspam", "openai", "opencage", "opengraph", "openrouter", "openuv", "openvpn",
    "openweather", "openweathermap", "opsgenie", "optimizely", "overloop", "ovh", "owlbot", "packagecloud", "pagerduty",
    "pandadoc", "paperform", "paperspace", "papertrail", "paralleldots", "parsehub", "parseur", "partnerstack", "passbase",
    "pastebin", "paydirt", "paymoapp", "paymongo", "paypal", "paystack", "pdflayer", "pdfshift", "peopledatalabs", "pepipost",
    "perplexity", "phraseapp", "pinata", "pinecone", "pingdom", "pipedream", "pipedrive", "pivotaltracker", "pixabay",
    "plaid", "planetscale", "planviewleankit", "plivo", "poloniex", "portainer", "portkey", "positionstack", "postageapp",
    "posthog", "postman", "postmark", "powrbot", "prefect", "prerender", "prismic", "prodpad", "propelauth", "prospectcrm",
    "protocolsio", "proxycrawl", "pubnub", "pulumi", "purestake", "pushbullet", "pusher", "pushover", "pypi", "qase",
    "qdrant", "qualaroo", "qualys", "qubole", "quickbooks", "railway", "rapid7", "rapidapi", "rawg", "razorpay", "reachmail",
    "reallysimplesystems", "rebrandly", "recaptcha", "recurly", "reddit", "remotebg", "removebg", "rentman", "repairshopr",
    "replicate", "replyio", "requestfinance", "restpack", "ringcentral", "ritekit", "roboflow", "rocketreach", "rollbar",
    "route4me", "rownd", "rubygems", "rudderstack", "runpod", "runscope", "saladcloud", "salesblink", "salesflare",
    "salesforce", "salesloft", "salesmate", "sambanova", "satismeter", "saucelabs", "scaleway", "scalr", "scalyr",
    "scrapeowl", "scraperapi", "scraperbox", "scrapfly", "scrapingant", "scrapingbee", "scrapingdog", "screenshotapi",
    "screenshotlayer", "scrutinizerci", "securitytrails", "selectpdf", "semaphore", "semaphoreci", "sematext", "sendbird",
    "sendgrid", "sendinblue", "sentinelone", "sentry", "serpapi", "serphouse", "serpstack", "shodan", "shopify", "shotstack",
    "shutterstock", "signable", "signalwire", "signaturit", "signupgenius", "sigopt", "simfin", "simplesat", "simplynoted",
    "simvoly", "sinch", "sirv", "siteleaf", "skrapp", "skybiometry", "slack", "smartsheet", "smartystreets", "smooch",
    "snipcart", "snowflake", "snyk", "sonar", "sonarcloud", "sonarqube", "sourcegraph", "spacelift", "sparkpost",
    "speechtextai", "splunk", "splunkobservability", "spoonacular", "sportradar", "sportsmonk", "spotify", "spotinst",
    "sproutsocial", "squarespace", "squareup", "sslmate", "stackhawk", "statsig", "statuscake", "statuspage", "statuspal",
    "stitchdata", "stockdata", "storecove", "stormboard", "stormglass", "storyblok", "storychief", "strava", "stripe",
    "stripo", "stytch", "sugester", "sumologic", "sumsub", "supabase", "supernotes", "surveyanyplace", "surveybot",
    "surveysparrow", "survicate", "swiftype", "tableau", "tallyfy", "tatum", "tatumio", "tavily", "taxjar", "teamcity",
    "teamgate", "technicalanalysisapi", "telegram", "telnyx", "tenable", "terraform", "text2data", "textmagic", "theoddsapi",
    "thinkific", "thoughtspot", "thousandeyes", "ticketmaster", "tickettailor", "tiingo", "timecamp", "timezoneapi", "tines",
    "tinify", "tinybird", "tinypng", "tmdb", "todoist", "toggl", "tomorrowio", "tomtom", "tradier", "transferwise",
    "travelpayouts", "travis", "travisci", "trello", "twelvedata", "twilio", "twingate", "twitch", "twitter", "tyntec",
    "typeform", "typetalk", "ubidots", "uclassify", "unifyid", "unplugg", "unsplash", "upcdatabase", "upcloud", "uplead",
    "uploadcare", "upstash", "uptimerobot", "upwave", "urlscan", "userflow", "userstack", "vatlayer", "vbout", "vercel",
    "veriff", "verimail", "veriphone", "versioneye", "viewneo", "virustotal", "visualcrossing", "voiceflow", "voicegain",
    "vonage", "voodoosms", "vouchery", "vpnapi", "vultr", "vyte", "wakatime", "walkscore", "wandb", "weatherapi",
    "weatherbit", "weatherstack", "weaviate", "web3storage", "webex", "webflow", "webscraper", "webscraping", "wepay",
    "whoxy", "wistia", "woocommerce", "wordpress", "workday", "workos", "worksnaps", "workstack", "worldcoinindex",
    "worldweather", "wrike", "xata", "xendit", "yandex", "yelp", "ynab", "youneedabudget", "youtube", "zapier", "zeabur",
    "zendesk", "zenkit", "zenrows", "zenscrape", "zenserp", "zeplin", "zerobounce", "zerotier", "zilliz", "zipapi",
    "zipbooks", "zipcodeapi", "zoho", "zonka", "zoom", "zulip",
];

/// Those of the services whose name alone is often a key. Each is an anchor, so the list is kept short.
#[rustfmt::skip]
pub(crate) const KEYS_BY_NAME: &[&str] = &[
    "adafruit", "adobe", "airbrake", "airtable", "alchemy", "algolia", "aliyun", "amplitude", "anthropic", "appdynamics",
    "artifactory", "asana", "assemblyai", "atlassian", "auth0", "bamboohr", "bitbucket", "bitly", "braintree", "brevo",
    "browserstack", "bugsnag", "buildkite", "circleci", "clarifai", "clearbit", "clickup", "cloudflare", "cloudinary",
    "cloudsmith", "codacy", "codeclimate", "codecov", "cohere", "coinbase", "coinmarketcap", "confluence", "confluent",
    "contentful", "couchbase", "coveralls", "currencylayer", "databricks", "datadog", "deepgram", "deepl", "deepseek",
    "digitalocean", "discord", "disqus", "dnsimple", "docusign", "doppler", "droneci", "dropbox", "dynatrace", "elevenlabs",
    "etherscan", "eventbrite", "exoscale", "facebook", "fastly", "figma", "finicity", "finnhub", "flickr", "foursquare",
    "freshbooks", "freshdesk", "gitlab", "gitter", "gocardless", "grafana", "gumroad", "hellosign", "helpscout", "heroku",
    "honeybadger", "honeycomb", "hubspot", "huggingface", "imagekit", "infura", "instagram", "intercom", "ipgeolocation",
    "ipinfo", "ipstack", "jenkins", "jfrog", "jumpcloud", "klaviyo", "kraken", "kucoin", "langfuse", "launchdarkly",
    "linkedin", "logdna", "loggly", "logzio", "lokalise", "magento", "mailchimp", "mailgun", "mailjet", "mandrill", "mapbox",
    "mattermost", "maxmind", "meraki", "messagebird", "mistral", "mixpanel", "netlify", "newrelic", "newsapi", "nexmo",
    "ngrok", "notion", "nytimes", "onelogin", "onesignal", "openai", "opencage", "openrouter", "openweather",
    "openweathermap", "opsgenie", "optimizely", "packagecloud", "pagerduty", "pandadoc", "papertrail", "paypal", "paystack",
    "perplexity", "pinata", "pinecone", "pipedream", "pipedrive", "plaid", "planetscale", "plivo", "posthog", "postman",
    "postmark", "pubnub", "pulumi", "pushbullet", "pusher", "pushover", "quickbooks", "rapidapi", "razorpay", "recaptcha",
    "recurly", "reddit", "replicate", "ringcentral", "rollbar", "rubygems", "salesforce", "saucelabs", "scaleway",
    "securitytrails", "sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "shodan", "shopify", "shutterstock",
    "smartsheet", "snowflake", "sonarqube", "sourcegraph", "sparkpost", "splunk", "spotify", "squarespace", "stackhawk",
    "statuscake", "strava", "stripe", "stytch", "sumologic", "supabase", "telegram", "telnyx", "terraform", "todoist",
    "trello", "twilio", "twitch", "twitter", "typeform", "unsplash", "uptimerobot", "vercel", "virustotal", "vonage",
    "wakatime", "weatherstack", "webex", "webflow", "wistia", "woocommerce", "wordpress", "yandex", "youtube", "zapier",
    "zendesk", "zenrows", "zerotier", "zulip",
];
