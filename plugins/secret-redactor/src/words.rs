//! The word lists of `keys`: what makes a key a secret's, and what makes it something about one. Data only.

/// The words by which a key is noticed (triggers and anchors), with the least bytes of value that make it worth a look.
#[rustfmt::skip]
pub(crate) const KEY_WORDS: &[(&str, u32)] = &[
    ("password", 3), ("passwd", 3), ("passwort", 3), ("passphrase", 4), ("passcode", 4), ("passwrd", 3), ("pswd", 3), ("pwd", 3), ("userpass", 3),
    ("dbpass", 3), ("_pass", 3), ("pass=", 0), ("pass:", 0), ("rootpw", 3), ("_pw", 3), ("bindpw", 3), ("sshpass", 3), ("requirepass", 3), ("masterauth", 3), ("storepass", 3), ("keypass", 3),
    ("secret", 4), ("token", 6), ("credential", 4), ("_creds", 4), ("apikey", 6), ("api_key", 6), ("api-key", 6), ("api key", 6), ("appkey", 6), ("app_key", 6), ("app-key", 6),
    ("accesskey", 6), ("access_key", 6), ("access-key", 6), ("access key", 6), ("privatekey", 6), ("private_key", 6), ("private-key", 6), ("encryptionkey", 6),
    ("encryption_key", 6), ("encryption-key", 6), ("signingkey", 6), ("signing_key", 6), ("signing-key", 6), ("masterkey", 6), ("master_key", 6), ("master-key", 6),
    ("authkey", 6), ("auth_key", 6), ("auth-key", 6), ("accountkey", 6), ("account_key", 6), ("account-key", 6), ("sharedkey", 6), ("shared_key", 6),
    ("shared-key", 6), ("storagekey", 6), ("storage_key", 6), ("licensekey", 6), ("license_key", 6), ("license-key", 6), ("servicekey", 6), ("service_key", 6),
    ("sshkey", 6), ("ssh_key", 6), ("consumerkey", 6), ("consumer_key", 6), ("integration_key", 6), ("integrationkey", 6), ("routing_key", 6), ("webhook_key", 6), ("hmac_key", 6), ("aes_key", 6),
    ("aeskey", 6), ("crypt_key", 6), ("write_key", 6), ("writekey", 6), ("ingest_key", 6), ("ingestion_key", 6), ("project_key", 6), ("host_key", 6), ("subscription-key", 6), ("subscription_key", 6),
    ("functions-key", 6), ("preshared", 4), ("pre_shared", 4), ("psk", 6), ("auth", 6), ("authorization", 3), ("bearer", 6), ("cookie", 4), ("session", 8), ("sessid", 6), ("_sid", 8), ("sid=", 0), ("jwt", 8), ("signature", 8), ("sig=", 0), ("x-amz-security", 8),
    ("otp", 4), ("_pin", 4), ("pin=", 0), ("pin:", 0), ("pincode", 4), ("cvv", 3), ("totp", 4), ("mfa", 4), ("2fa", 4), ("verification_code", 4), ("verificationcode", 4), ("one_time", 4), ("backup_code", 4), ("recovery_code", 4),
    ("mnemonic", 8), ("seed_phrase", 8), ("seedphrase", 8), ("unseal", 8), ("recovery_key", 8), ("recoverykey", 8), ("csrf", 6), ("xsrf", 6), ("nonce_key", 6), ("salt", 8), ("pepper", 8), ("sas_", 8), ("kubeconfig", 8), ("dockerconfigjson", 8), ("code=", 0),
    ("clave", 4), ("contrasena", 3), ("contrase\u{f1}a", 0), ("senha", 3), ("chave", 6), ("mot_de_passe", 3), ("motdepasse", 3), ("mot de passe", 3), ("parola", 3), ("wachtwoord", 3), ("haslo", 3), ("has\u{142}o", 0),
    ("kennwort", 3), ("geheim", 4), ("schluessel", 6), ("schl\u{fc}ssel", 0), ("kodeord", 3), ("losenord", 3), ("l\u{f6}senord", 0), ("salasana", 3), ("sifre", 3), ("\u{15f}ifre", 0), ("heslo", 3), ("jelszo", 3), ("jelsz\u{f3}", 0), ("passord", 3), ("lozinka", 3), ("adgangskode", 3), ("kata_sandi", 3), ("matkhau", 3), ("mat_khau", 3),
    ("\u{43f}\u{430}\u{440}\u{43e}\u{43b}", 0), ("\u{41f}\u{430}\u{440}\u{43e}\u{43b}", 0), ("\u{441}\u{435}\u{43a}\u{440}\u{435}\u{442}", 0), ("\u{442}\u{43e}\u{43a}\u{435}\u{43d}", 0), ("\u{5bc6}\u{7801}", 0), ("\u{5bc6}\u{78bc}", 0), ("\u{53e3}\u{4ee4}", 0), ("\u{5bc6}\u{94a5}", 0),
    ("\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}", 0), ("\u{6697}\u{8a3c}\u{756a}\u{53f7}", 0), ("\u{be44}\u{bc00}\u{bc88}\u{d638}", 0), ("\u{643}\u{644}\u{645}\u{629} \u{627}\u{644}\u{645}\u{631}\u{648}\u{631}", 0), ("\u{5e1}\u{5d9}\u{5e1}\u{5de}\u{5d4}", 0),
    ("\u{e23}\u{e2b}\u{e31}\u{e2a}\u{e1c}\u{e48}\u{e32}\u{e19}", 0), ("m\u{1ead}t kh\u{1ea9}u", 0), ("\u{3ba}\u{3c9}\u{3b4}\u{3b9}\u{3ba}\u{3cc}", 0),
];

/// Words that name a password.
#[rustfmt::skip]
pub(crate) const PASSWORDS: &[&str] = &[
    "password", "passwords", "passwd", "passwort", "passphrase", "passcode", "passwrd", "pswd", "pwd", "pass",
    "userpass", "pw", "rootpw", "bindpw", "dbpass", "requirepass", "masterauth", "storepass", "keypass",
    "clave", "contrasena", "senha", "chave", "motdepasse", "parola", "wachtwoord", "haslo", "kennwort",
    "geheim", "schluessel", "kodeord", "losenord", "salasana", "sifre", "heslo", "jelszo", "passord", "lozinka",
    "adgangskode", "matkhau", "psk", "preshared", "pepper",
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
    "stream", "volume", "volumes", "sync", "informer", "lister", "projection", "env", "var", "key", "keys",
    "arn",
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
    "queue", "event", "type", "kind", "label", "metric", "route", "endpoint", "host", "query", "operation",
    "build", "tag", "release", "device",
];
