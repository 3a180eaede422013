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
    ("otp", 4), ("_pin", 4), ("pin=", 0), ("pin\"", 4), ("pass =", 0), ("pass\"", 3), ("pw\"", 3), ("pass'", 3), ("pin:", 0), ("pincode", 4), ("cvv", 3), ("totp", 4), ("mfa", 4), ("2fa", 4), ("verification_code", 4), ("verificationcode", 4), ("one_time", 4), ("backup_code", 4), ("recovery_code", 4),
    ("mnemonic", 3), ("seed_phrase", 3), ("seedphrase", 3), ("seed phrase", 3), ("recovery phrase", 3), ("recovery_phrase", 3), ("unseal", 8), ("recovery_key", 8), ("recoverykey", 8), ("csrf", 6), ("xsrf", 6), ("nonce_key", 6), ("salt", 8), ("pepper", 8), ("sas_", 8), ("kubeconfig", 8), ("dockerconfigjson", 8), ("code=", 0), ("?key=", 0), ("&key=", 0), ("?ticket=", 0), ("&ticket=", 0), ("?hash=", 0), ("?private=", 0), ("&hash=", 0), ("?invite=", 0), ("?confirm=", 0), ("?magic=", 0), ("?t=", 0), ("?k=", 0), ("pw =", 0),
    ("mdp", 3), ("psw", 3), ("_sec", 8), ("ssword", 3), ("pw'", 3), ("app_certificate", 16), ("ticketsalt", 8), ("validationkey", 16), ("mnemonic phrase", 3), ("pairingcode", 4), ("pairing_code", 4), ("pass_phrase", 3), ("sonar.login", 20), ("authtok", 3),
   
    ("verification code", 4), ("security code", 4), ("one-time code", 4), ("login code", 4), ("one-time password", 3), ("p/w", 0), ("recovery code", 4), ("secret-key", 4), ("backup code", 4), ("recoverycode", 4), ("backupcode", 4), ("hmac=", 0), ("crumb", 16), ("card_number", 4), ("cardnumber", 4), ("credit_card", 4), ("creditcard", 4),
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
    "pass", "PASS", "token", "TOKEN", "secret", "SECRET", "key=", "key:", "key\"", "KEY=", "AKIA", "ASIA", "ghp_", "ghs_",
    "glpat-", "sk-", "sk_live", "xox", "eyJ", "-----BEGIN", "earer ", "uthoriz", "://", "AIza", "hvs.", "npm_",
];

/// Nouns after which a sentence may tell a secret.
#[rustfmt::skip]
pub(crate) const PROSE_NOUNS: &[&str] = &[
    "pw ", "password ", "passwd ", "passphrase ", "passcode ", "pwd ", "senha ",
    
    
    // `key ` finds `api key `, too, and looks at the word before it; `otp ` finds `otp is `.
    "token ", "tokens ", "secret ", "code is ", "otp ", "pin is ", "pin for ", "pin code", "verification code", "one-time code", "security code",
    "login code", "passcode: ", "enter the code ", "enter code ", "use code ", "with pass ", "and pass ", "credentials ", "credentials: ", "creds: ", "creds ", "login: ", "login with ", "log in with ", "log in as ", "login as ", "pass for ", "pass is ", "key ", "secret seed ", "login is ",
];

/// Heads of columns that hold secrets.
#[rustfmt::skip]
pub(crate) const COLUMN_WORDS: &[&str] = &["password", "passwd", "passphrase", "pwd", "secret", "token", "api_key", "apikey", "access_key", "secret_key", "passwort", "_token", "_secret"];

/// Words that name a password.
#[rustfmt::skip]
pub(crate) const PASSWORDS: &[&str] = &[
    "password", "passwords", "passwd", "passwort", "passphrase", "passcode", "passwrd", "pswd", "psw", "pwd", "pass",
    "userpass", "pw", "rootpw", "bindpw", "dbpass", "requirepass", "masterauth", "storepass", "keypass",
    "clave", "contrasena", "senha", "chave", "motdepasse", "mdp", "parola", "wachtwoord", "haslo", "kennwort",
    "geheim", "schluessel", "kodeord", "losenord", "salasana", "sifre", "heslo", "jelszo", "passord", "lozinka", "authtok",
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
    ("integrationkey", "key"), ("writekey", "key"), ("aeskey", "key"), ("recoverykey", "key"), ("validationkey", "key"),
    ("secretaccesskey", "key"),
];

/// What makes a following `key` a secret.
#[rustfmt::skip]
pub(crate) const KEY_KINDS: &[&str] = &[
    "api", "access", "secret", "private", "encryption", "encrypt", "signing", "master", "auth", "account",
    "shared", "storage", "license", "service", "ssh", "consumer", "integration", "webhook", "hmac", "aes",
    "crypt", "write", "ingest", "ingestion", "subscription", "functions", "validation", "unseal", "recovery", "app",
    "application", "cookie", "session", "jwt", "token", "preshared", "host", "project", "root", "admin", "rest",
    "security", "decryption", "client", "setup", "enrollment", "enrolment", "activation",
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
    "arn", "mgr", "regex", "pattern", "placeholder", "score", "visibility", "toggle", "icon", "cb", "fn", "func", "sock", "socket",
];

/// Before `token` or `session`, these make it no secret.
#[rustfmt::skip]
pub(crate) const BENIGN: &[&str] = &[
    "next", "page", "pagination", "continue", "continuation", "cancel", "cancellation", "max", "min", "num",
    "total", "prompt", "completion", "syntax", "eos", "bos", "pad", "sync", "resource", "fencing", "lock",
    "shard", "sequence", "unexpected", "invalid", "public", "resume", "cursor", "stop", "special", "first",
    "last", "current", "window", "change", "client_request", "idempotency", "tokenizer", "subword", "unk",
    "correlation", "trace", "tracking", "idempotent", "mask", "cls", "sep", "paging", "scroll", "watch", "partition", "start", "end", "delimiter",
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
    "build", "release", "device", "extended", "hostid", "challenge", "state", "x-google-smtp-source", "x-gm-message-state",
];

/// Before `key`, these leave no doubt.
#[rustfmt::skip]
pub(crate) const STATED_KINDS: &[&str] = &[
    "api", "access", "secret", "private", "encryption", "encrypt", "decryption", "signing", "master", "auth", "hmac", "aes", "crypt",
    "license", "unseal", "ssh", "jwt", "token", "consumer", "webhook", "subscription", "write", "ingest", "ingestion", "integration",
    "functions", "shared", "preshared", "app", "application", "server", "setup", "enrollment", "enrolment", "activation",
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
    "kernel", "generated", "record", "index", "entity", "bucket", "file", "image", "blob", "composite", "unique", "natural", "candidate", "trace", "span",
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
    "abstractapi", "abuseipdb", "accuweather", "acunetix", "adafruit", "adobe", "adroll", "adzuna", "aftership", "agentops",
    "agora", "aikido", "airbrake", "airbyte", "airship", "airtable", "aiven", "akeyless", "alchemy", "alegra", "algolia",
    "alibaba", "alienvault", "aliyun", "allsports", "amadeus", "ambee", "amplitude", "anthropic", "anypoint", "anyscale",
    "apacta", "apiflash", "apify", "apilayer", "apimatic", "apininjas", "apiscience", "appcues", "appdynamics", "appfollow",
    "appointedd", "appoptics", "apptweak", "appveyor", "aquasec", "artifactory", "artsy", "asana", "assemblyai", "atlantis",
    "atlassian", "audd", "auth0", "autodesk", "autoklose", "avalara", "avaza", "aviationstack", "axiom", "axonaut",
    "aylien", "ayrshare", "azure", "backblaze", "baidu", "bamboohr", "bannerbear", "baremetrics", "basecamp", "baseten",
    "beamer", "bentoml", "besttime", "betterstack", "bigcommerce", "billomat", "bitbar", "bitbucket", "bitcoinaverage",
    "bitfinex", "bitgo", "bitly", "bitmex", "bitrise", "bittrex", "blazemeter", "blitapp", "blynk", "bombbomb", "boostnote",
    "braintree", "braintrust", "brandfetch", "braze", "brevo", "browserbase", "browserless", "browserstack", "browseruse",
    "browshot", "bscscan", "buddyns", "bugherd", "bugsnag", "buildkite", "bulbul", "bulksms", "buttercms", "buttondown",
    "buzzsprout", "caflou", "calcom", "calendarific", "calendly", "campayn", "cannyio", "capsulecrm", "captaindata",
    "carboninterface", "cashboard", "caspio", "censys", "centralstationcrm", "cerebras", "cexio", "channelio", "chargebee",
    "chartbeat", "chartmogul", "chatbase", "chatwork", "checkio", "checkly", "checkmarx", "checkvist", "chroma", "chromadb",
    "cicero", "circleci", "civo", "clarifai", "clearbit", "clerk", "clevertap", "clickhelp", "clickhouse",
    "clickhousecloud", "clicksend", "clickup", "cliengo", "clinchpad", "clockify", "clockwork", "clockworksms",
    "cloudability", "cloudamqp", "cloudant", "cloudbees", "cloudconvert", "cloudelements", "cloudflare", "cloudimage",
    "cloudinary", "cloudmersive", "cloudplan", "cloudsmith", "cloverly", "cloze", "cockroachdb", "codacy", "codeclimate",
    "codecov", "codefresh", "codemagic", "codequiry", "codestream", "cohere", "coinapi", "coinbase", "coinlib",
    "coinmarketcap", "commercejs", "companyhub", "composio", "confluence", "confluent", "contabo", "contentful",
    "contentkit", "contentstack", "conversify", "conversiontools", "convertapi", "convertio", "convertkit", "convier",
    "coolify", "coralogix", "coreweave", "couchbase", "countrylayer", "courier", "coveralls", "craftmypdf", "cronitor",
    "crowdcast", "crowdin", "crowdstrike", "cryptocompare", "currencyfreaks", "currencylayer", "currents", "customerio",
    "dagster", "dailyco", "dandelion", "dareboost", "dash0", "databricks", "datadog", "dataforseo", "datagov", "datocms",
    "dbt", "debounce", "deepai", "deepgram", "deepinfra", "deepl", "deepseek", "deepsource", "deputy", "descope",
    "detectify", "detectlanguage", "dfuse", "diffbot", "diggernaut", "digitalocean", "discogs", "discord", "discourse",
    "disqus", "dnscheck", "dnsimple", "dnsmadeeasy", "dockerhub", "docparser", "documo", "docusign", "doppler",
    "dotdigital", "dotmailer", "dovico", "dronahq", "droneci", "dropbox", "dropboxsign", "duffel", "duply", "dwolla",
    "dynalist", "dynatrace", "dyspatch", "e2b", "eagleeye", "easyinsight", "easyship", "ecostruxure", "edamam", "edenai",
    "eightxeight", "elasticemail", "elephantsql", "elevenlabs", "emailoctopus", "enablex", "encharge", "endorlabs", "env0",
    "equinix", "esputnik", "etherscan", "ethplorer", "etsy", "eventbrite", "everhour", "exoscale", "exportsdk",
    "extractorapi", "facebook", "faceplusplus", "fastforex", "fastly", "fauna", "fetchrss", "fibery", "figma", "fileio",
    "filestack", "fillout", "finage", "finicity", "finnhub", "fireblocks", "firecrawl", "fireflies", "firehydrant",
    "fireworks", "fivetran", "fixerio", "flagsmith", "flatio", "fleetbase", "flexport", "flickr", "flightapi",
    "flightstats", "flowflu", "flutterwave", "flyio", "fmfw", "formbucket", "formcraft", "formio", "formsite", "formspree",
    "foursquare", "freepik", "freshbooks", "freshdesk", "freshsales", "friendli", "fulcrum", "fullstory", "fusionauth",
    "fxmarket", "gandi", "gcp", "geckoboard", "gengo", "geoapify", "geocodify", "geocodio", "getblock", "getemail",
    "getgeoapi", "getgist", "getresponse", "getsandbox", "gitbook", "gitea", "github", "gitlab", "gitter", "gladia",
    "gladly", "glassnode", "gocanvas", "gocardless", "godaddy", "gongio", "goodday", "goodreads", "googlemaps", "grafana",
    "graphcms", "graphhopper", "greptile", "gridly", "groovehq", "groq", "growthbook", "gtmetrix", "guardianapi", "gumroad",
    "gyazo", "happyscribe", "harness", "haveibeenpwned", "healthchecks", "helicone", "helius", "hellosign", "helpcrunch",
    "helpscout", "hereapi", "heroku", "hetzner", "heygen", "hibob", "hightouch", "hiveage", "holidayapi", "honeybadger",
    "honeybook", "honeycomb", "hotjar", "html2pdf", "hubspot", "huggingface", "humanloop", "humio", "hybiscus",
    "hyperbolic", "hypertrack", "ibmcloud", "icinga", "iconfinder", "iexcloud", "imagekit", "imagga", "imgix", "imgur",
    "inflectra", "influxdb", "infobip", "infracost", "infura", "insightly", "instabot", "instagram", "instamojo", "instana",
    "intacct", "intercom", "interseller", "intra42", "intrinio", "invoiced", "invoiceocean", "ipapi", "ipdata", "ipgeo",
    "ipgeolocation", "ipify", "ipinfo", "ipinfodb", "ipquality", "ipqualityscore", "ipstack", "ironclad", "iterable",
    "iubenda", "jamf", "jenkins", "jfrog", "jira", "jotform", "jumpcloud", "juro", "jwplayer", "kagi", "kamatera",
    "kanbantool", "kandji", "karmacrm", "keenio", "keycdn", "keyfactor", "keygen", "kickbox", "kickfire", "kinde",
    "kintone", "klaviyo", "klipfolio", "knapsackpro", "kommo", "konnect", "kontent", "koyeb", "kraken", "kubecost",
    "kucoin", "kustomer", "kylas", "lacework", "lamini", "langchain", "langfuse", "langsmith", "languagelayer", "lastfm",
    "launchdarkly", "leaddyno", "leadfeeder", "leankit", "lemlist", "lemonsqueezy", "lendflow", "lepton", "lessannoyingcrm",
    "letta", "lexigram", "lightdash", "lightstep", "linenotify", "linkedin", "linkpreview", "linode", "liveagent",
    "liveblocks", "livekit", "livestorm", "loadmill", "lob", "localstack", "locationiq", "logdna", "loggly", "logicmonitor",
    "loginradius", "logrocket", "logtail", "logz", "logzio", "lokalise", "looker", "loyverse", "lunchmoney", "luno", "lyft",
    "macaddress", "madkudu", "magento", "magicbell", "mailboxlayer", "mailchimp", "mailerlite", "mailersend", "mailgun",
    "mailjet", "mailmodo", "mailsac", "mailtrap", "manatal", "mandrill", "mapbox", "mapillary", "mapquest", "marketstack",
    "mattermost", "mavenlink", "maxmind", "meaningcloud", "mediastack", "meistertask", "memsource", "meraki", "mercadopago",
    "mergify", "mesibo", "messagebird", "metaapi", "metabase", "metricool", "metrilo", "mezmo", "microsoftteams",
    "midtrans", "migadu", "millionverifier", "milvus", "mimecast", "mindmeister", "miro", "mistral", "mixmax", "mixpanel",
    "mockaroo", "moengage", "moesif", "mollie", "moneybird", "mongodb", "moonclerk", "moosend", "moralis", "motherduck",
    "mparticle", "mrticktock", "mturk", "mux", "myfreshworks", "namecheap", "nasdaq", "netbird", "netcore", "nethunt",
    "netlify", "netskope", "netsuite", "neutrino", "neutrinoapi", "newrelic", "newsapi", "newscatcher", "nexmo", "nftport",
    "ngc", "ngrok", "nhost", "nicereply", "nightfall", "nitro", "nocodb", "nomics", "northflank", "noticeable", "notion",
    "novu", "nozbe", "nubela", "nuget", "numverify", "nutritionix", "nvidia", "nylas", "nytimes", "oanda", "octopusdeploy",
    "odoo", "okta", "ollama", "omdb", "omise", "omnisend", "onedesk", "onelogin", "onepage", "onepagecrm", "onesignal",
    "onfido", "onfleet", "onwater", "oopspam", "ooti", "openai", "opencage", "opengraph", "openphone", "openrouter",
    "openuv", "openvpn", "openweather", "openweathermap", "opsgenie", "optimizely", "overloop", "overmind", "ovh", "owlbot",
    "packagecloud", "pagerduty", "pagertree", "paligo", "pandadoc", "paperform", "paperspace", "papertrail", "paralleldots",
    "parsehub", "parseur", "partnerstack", "passbase", "pastebin", "paydirt", "paymo", "paymoapp", "paymongo", "paypal",
    "paystack", "payu", "pdflayer", "pdfmonkey", "pdfshift", "pendo", "peopledatalabs", "pepipost", "percy", "perplexity",
    "phraseapp", "phyllo", "pinata", "pinecone", "pingboard", "pingdom", "pipedream", "pipedrive", "pipefy",
    "pivotaltracker", "pixabay", "plaid", "planetscale", "planviewleankit", "planyo", "plivo", "poloniex", "polygonio",
    "portainer", "portkey", "positionstack", "postageapp", "postgrest", "posthog", "postman", "postmark", "postmates",
    "powerbi", "powrbot", "prefect", "prerender", "printful", "printify", "prismic", "procore", "prodpad", "propelauth",
    "prospectcrm", "protocolsio", "proxmox", "proxycrawl", "pubmatic", "pubnub", "pulumi", "purestake", "pushbullet",
    "pusher", "pushover", "pushwoosh", "pypi", "qase", "qdrant", "qencode", "qiniu", "qualaroo", "qualtrics", "qualys",
    "qubole", "quickbooks", "quickmetrics", "quicknode", "railway", "rapid7", "rapidapi", "rapyd", "rawg", "razorpay",
    "reachmail", "readme", "readwise", "reallysimplesystems", "rebrandly", "recaptcha", "recurly", "redash", "reddit",
    "redmine", "reftab", "remotebg", "removebg", "rentcast", "rentman", "repairshopr", "replicate", "replyio",
    "requestfinance", "restpack", "retellai", "retool", "revenuecat", "revolut", "ringcentral", "ringover", "riskified",
    "ritekit", "roboflow", "rocketreach", "rollbar", "rootly", "route4me", "rownd", "rubygems", "rudderstack", "runpod",
    "runscope", "safetyculture", "sailpoint", "saladcloud", "salesblink", "salescookie", "salesflare", "salesforce",
    "salesloft", "salesmate", "sambanova", "satismeter", "saucelabs", "scaleway", "scalingo", "scalr", "scalyr",
    "scrapeless", "scrapeowl", "scraperapi", "scraperbox", "scrapfly", "scrapingant", "scrapingbee", "scrapingdog",
    "screendesk", "screenshotapi", "screenshotlayer", "scrutinizerci", "securenative", "securitytrails", "selectpdf",
    "semantria", "semaphore", "semaphoreci", "sematext", "sendbird", "sendcloud", "sendgrid", "sendinblue", "sendlane",
    "sendpulse", "sentinelone", "sentry", "serpapi", "serper", "serphouse", "serpstack", "serveravatar", "serverpilot",
    "sevdesk", "sharetribe", "shipbob", "shipengine", "shippo", "shipstation", "shodan", "shopify", "shoprite", "shotstack",
    "shutterstock", "signable", "signalwire", "signaturit", "signupgenius", "sigopt", "simfin", "simplesat", "simplynoted",
    "simvoly", "sinch", "singlestore", "sirv", "siteground", "siteleaf", "sketchfab", "skrapp", "skybiometry", "skyflow",
    "slack", "smartlook", "smartproxy", "smartsheet", "smartsheets", "smartystreets", "smooch", "sms77", "smtp2go",
    "snipcart", "snov", "snowflake", "snyk", "sonar", "sonarcloud", "sonarqube", "sonarr", "soundcloud", "sourcegraph",
    "spacelift", "sparkbot", "sparkpost", "speechmatics", "speechtextai", "splitio", "splitwise", "splunk",
    "splunkobservability", "spoonacular", "sportradar", "sportsmonk", "spotify", "spotinst", "sproutsocial", "sproutvideo",
    "squarespace", "squareup", "sslmate", "stabilityai", "stackhawk", "staffbase", "starknet", "statsig", "statuscake",
    "statuspage", "statuspal", "stedi", "stepsize", "stitchdata", "stockdata", "stoplight", "storecove", "stormboard",
    "stormglass", "storyblok", "storychief", "strapi", "strava", "streamio", "streamtime", "stripe", "stripo", "stytch",
    "sugester", "sumologic", "sumsub", "supabase", "supernotes", "suprsend", "surrealdb", "surveyanyplace", "surveybot",
    "surveymonkey", "surveysparrow", "survicate", "swiftype", "synthesia", "tableau", "tailscale", "talkdesk", "tallyfy",
    "tatum", "tatumio", "tavily", "taxjar", "teamcity", "teamgate", "technicalanalysisapi", "telegram", "telesign",
    "teletype", "telnyx", "tenable", "terraform", "testmo", "testrail", "text2data", "textmagic", "theoddsapi",
    "thingspeak", "thinkific", "thirdweb", "thoughtspot", "thousandeyes", "ticketmaster", "tickettailor", "tickspot",
    "tidb", "tiingo", "tiktok", "timecamp", "timekit", "timescale", "timezoneapi", "tines", "tinify", "tinybird", "tinypng",
    "tmdb", "tmetric", "todoist", "togetherai", "toggl", "tomorrowio", "tomtom", "toornament", "traceloop", "tradier",
    "transferwise", "transistorfm", "transloadit", "travelpay", "travelpayouts", "travis", "travisci", "trello", "trieve",
    "trustpilot", "turso", "twelvedata", "twilio", "twingate", "twitch", "twitter", "tyntec", "typeform", "typesense",
    "typetalk", "ubidots", "uclassify", "unifyid", "unkey", "unplugg", "unsplash", "upcdatabase", "upcloud", "uplead",
    "uploadcare", "upstash", "uptimerobot", "upwave", "urlscan", "usercentrics", "userflow", "userstack", "uservoice",
    "vastai", "vatlayer", "vbout", "vectara", "veracode", "vercel", "verifalia", "veriff", "verimail", "veriphone",
    "versioneye", "viewneo", "vimeo", "virustotal", "visibleapps", "visualcrossing", "voiceflow", "voicegain",
    "voicemonkey", "volcengine", "vonage", "voodoosms", "vouchery", "voyageai", "vpnapi", "vultr", "vyte", "wakatime",
    "walkscore", "wandb", "warpstream", "waveapp", "weatherapi", "weatherbit", "weatherstack", "weaviate", "web3storage",
    "webex", "webflow", "webscraper", "webscraping", "weglot", "wepay", "whatsapp", "wheniwork", "whoxy", "wistia", "wiza",
    "woocommerce", "wordpress", "workday", "workiva", "workos", "worksnaps", "workstack", "worldcoinindex", "worldweather",
    "wrike", "xai", "xata", "xendit", "xero", "yandex", "yelp", "ynab", "yotpo", "youcanbookme", "youneedabudget",
    "yousign", "youtube", "zapier", "zeabur", "zendesk", "zenkit", "zenrows", "zenscrape", "zenserp", "zeplin",
    "zerobounce", "zerotier", "zhipu", "zhipuai", "zilliqa", "zilliz", "zipapi", "zipbooks", "zipcodeapi", "zoho", "zonka",
    "zonkafeedback", "zoom", "zulip", "zulipchat", "zuora", "zuplo", "zyte", "directus", "mullvad",
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
