"""A seeded, labelled corpus of texts with and without secrets. One case is a text (a line, or a few) with the secrets planted in it.

Groups: `provider` (tokens of named issuers), `keyed` (unmarked tokens that the words around them announce), `kubernetes` (shapes that
clusters make of secrets), `encoded`, `clean` (no secret at all: what must stay readable). Shares nothing with the rules under test.
"""

import base64
import json
import random
import string
import urllib.parse

import kinds

HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
SERVICES = """acme stripe paypal adyen twilio sendgrid mailgun mailchimp postmark segment mixpanel amplitude datadog newrelic grafana sentry
rollbar bugsnag honeybadger logdna papertrail loggly sumologic splunk elastic algolia meilisearch typesense pinecone weaviate qdrant milvus openai
anthropic cohere mistral replicate huggingface stability deepgram assemblyai elevenlabs github gitlab bitbucket circleci travis buildkite drone
jenkins sonar snyk codecov coveralls npm pypi docker quay harbor artifactory nexus vault consul nomad terraform pulumi doppler heroku netlify
vercel render railway fly supabase planetscale neon upstash mongodb redis postgres mysql mariadb cockroach cassandra kafka rabbitmq nats pulsar
minio wasabi backblaze cloudflare fastly akamai bunny imgix cloudinary okta auth0 keycloak cognito firebase onesignal pusher ably pubnub slack
discord telegram zoom teams webex zendesk intercom freshdesk hubspot salesforce pipedrive marketo airtable notion asana linear jira confluence
trello monday clickup shopify magento woocommerce bigcommerce square braintree klarna razorpay plaid dwolla wise coinbase kraken binance bitfinex
infura alchemy etherscan mapbox here tomtom openweather ipinfo maxmind twitch spotify youtube facebook instagram twitter linkedin tiktok pinterest
dropbox box egnyte docusign hellosign ldap radius smtp imap ftp sftp vpn wireguard pagerduty opsgenie victorops statuspage pingdom uptimerobot
checkly launchdarkly split optimizely unleash flagsmith contentful sanity prismic storyblok ghost wordpress""".split()
SUFFIXES = ["api_key", "apikey", "api-key", "secret", "client_secret", "token", "access_token", "auth_token", "password", "passwd", "secret_key",
            "private_key", "api_secret", "webhook_secret", "signing_secret", "access_key", "app_secret", "admin_password", "db_password"]


class Case:
    def __init__(self, group, kind, text, secrets):
        self.group, self.kind, self.text = group, kind, text
        self.secrets = secrets if isinstance(secrets, list) else [secrets]
        for secret in self.secrets:
            assert secret in text, (kind, secret, text)


def pick(r, *choices):
    return r.choice(choices)


def chars(r, alphabet, length):
    return "".join(r.choice(alphabet) for _ in range(length))


def uuid(r):
    h = chars(r, HEX, 32)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{r.choice('89ab')}{h[17:20]}-{h[20:]}"


def b64(text, url=False, pad=True):
    data = text if isinstance(text, bytes) else text.encode()
    out = (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode()
    return out if pad else out.rstrip("=")


def password(r):
    return pick(
        r,
        lambda: chars(r, ALNUM, r.randint(10, 24)),
        lambda: chars(r, ALNUM, r.randint(6, 10)) + r.choice("!#$%^&*-_.") + chars(r, ALNUM, r.randint(4, 8)),
        lambda: r.choice(["Winter", "Summer", "Dragon", "Falcon", "Tiger", "Monday"]) + str(r.randint(1990, 2026)) + r.choice("!#$*"),
        lambda: "-".join(r.choice(["correct", "horse", "battery", "staple", "orange", "cactus", "window", "purple", "rocket"]) for _ in range(4)),
        lambda: r.choice(["hunter", "letmein", "qwerty", "changeit", "s3cr3t", "P4ssw0rd"]) + str(r.randint(10, 999)),
    )()


def opaque(r):
    """A token with no mark."""
    return pick(
        r,
        lambda: chars(r, HEX, r.choice([32, 40, 64])),
        lambda: chars(r, ALNUM, r.randint(20, 64)),
        lambda: b64(bytes(r.randrange(256) for _ in range(r.choice([24, 32, 48])))),
        lambda: chars(r, ALNUM + "-_", r.randint(24, 48)),
        lambda: chars(r, string.ascii_lowercase + string.digits, r.randint(24, 40)),
    )()


def stamp(r):
    return f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02}T{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}.{r.randint(0, 999):03}Z"


def name(r):
    service, suffix = r.choice(SERVICES), r.choice(SUFFIXES)
    words = service + "_" + suffix.replace("-", "_")
    return pick(r, words, words.upper(), words.replace("_", "-"), words.replace("_", "."), "".join(w.title() if i else w for i, w in enumerate(words.split("_"))))


def carriers(r, token):
    """Texts in which a marked token stands by itself, or behind some key that need not say that it is one."""
    key = pick(r, "key", "value", "auth", "cred", "tok", "id", "x", "param", "input", "arg", "TOKEN", "apiKey")
    return pick(
        r,
        f"{stamp(r)} INFO c.a.Client - using {token} for upstream calls",
        f"{token}",
        f"{stamp(r)} stderr F request failed: invalid credentials {token}",
        json.dumps({"level": "info", "ts": r.random() * 1e9, "msg": "configured", key: token}),
        json.dumps({"msg": f"calling with {token} now"}),
        f'level=error msg="login failed" {key}={token} attempt=3',
        f"I1126 09:12:44.123456       1 client.go:77] using {key}={token}",
        f"export {key.upper()}={token}",
        f"- --{key}={token}",
        f"        {key}: {token}",
        f'curl -H "Authorization: Bearer {token}" https://api.example.com/v1/me',
        f"GET /v1/items?{key}={token}&page=2 HTTP/1.1",
        f"Config(host=db, {key}={token}, retries=3)",
        f"map[host:db {key}:{token} retries:3]",
        f"{{'host': 'db', '{key}': '{token}'}}",
        f"<{key}>{token}</{key}>",
        f"| prod | {token} | active |",
        f"panic: bad token \"{token}\"",
    )


def provider(r):
    for kind, form in kinds.kinds():
        text = kinds.fill(form, r)
        hole = form.index("{")
        context = kind.endswith("-ctx") or any(mark in form[:hole] for mark in ("=", ": ", " = ", "token "))
        if "://" in form:
            whole = kinds.fill(form, r)
            parts = whole.replace("@", "/").replace(":", "/").split("/")
            secret = max(parts[3:] if "hooks" in form or "webhook" in form else parts, key=len)
            yield Case("provider", kind, pick(r, whole, f"posting to {whole}", json.dumps({"url": whole})), secret)
        elif context:
            secret = text[hole:].strip('"')
            if kind == "ibm-cloud-iam":
                secret = text.split(": ")[1]
            yield Case("provider", kind, pick(r, text, f"{stamp(r)} {text}", f"  {text}", f"+ {text}"), secret)
        else:
            yield Case("provider", kind, carriers(r, text), text)


def keyed(r):
    key = name(r)
    secret = opaque(r) if r.random() < 0.6 or not key.lower().endswith(("password", "passwd")) else password(r)
    text = pick(
        r,
        lambda: f"{key}={secret}",
        lambda: f'export {key}="{secret}"',
        lambda: f"{key}: {secret}",
        lambda: f'  {key}: "{secret}"',
        lambda: json.dumps({"host": "db", key: secret, "port": 5432}),
        lambda: json.dumps({"msg": json.dumps({key: secret})}),
        lambda: json.dumps(json.dumps(json.dumps({key: secret}))),
        lambda: f'{stamp(r)} level=info msg="config loaded" {key}={secret} retries=3',
        lambda: f"{stamp(r)} DEBUG loaded property {key} = {secret}",
        lambda: f"--{key.replace('_', '-').lower()}={secret}",
        lambda: f"command: [\"app\", \"--{key.replace('_', '-').lower()}\", \"{secret}\"]",
        lambda: f"app --{key.replace('_', '-').lower()} {secret} --verbose",
        lambda: f"https://api.example.com/v1?{key}={urllib.parse.quote(secret, safe='')}&x=1",
        lambda: f"Settings{{Host:db, {key}:{secret}, Port:5432}}",
        lambda: f"Settings(host='db', {key}='{secret}', port=5432)",
        lambda: f"{{{key}={secret}, host=db}}",
        lambda: f"map[{key}:{secret} host:db]",
        lambda: f"<property name=\"{key}\" value=\"{secret}\"/>",
        lambda: f"<{key}>{secret}</{key}>",
        lambda: f"{key.upper()}\u00a0=\u00a0{secret}",
        lambda: f"{key} => {secret}",
        lambda: f"set {key} to {secret}",
        lambda: f"{key} := \"{secret}\"",
        lambda: f"{key}\t{secret}",
        lambda: f"- {key}: '{secret}'",
        lambda: f"#define {key.upper().replace('-', '_').replace('.', '_')} \"{secret}\"",
        lambda: f"{key}=\\\"{secret}\\\"",
        lambda: f"{{\\u0022{key}\\u0022:\\u0022{secret}\\u0022}}",
    )()
    shown = urllib.parse.quote(secret, safe="") if urllib.parse.quote(secret, safe="") in text else secret
    if shown not in text:
        shown = json.dumps(secret)[1:-1]
    return Case("keyed", "keyed", text, shown)


FOREIGN = ["Passwort", "Kennwort", "Geheimnis", "mot de passe", "motdepasse", "contraseña", "clave", "senha", "parola d'ordine", "wachtwoord", "hasło", "heslo",
           "пароль", "ключ доступа", "密码", "密码是", "パスワード", "비밀번호", "şifre", "lösenord", "salasana", "adgangskode", "κωδικός", "סיסמה", "كلمة المرور", "jelszó", "parolă", "mật khẩu", "รหัสผ่าน", "पासवर्ड"]


def kubernetes(r):
    secret = password(r) if r.random() < 0.5 else opaque(r)
    plain = chars(r, ALNUM, r.randint(14, 30))
    env = r.choice(["DB_PASSWORD", "REDIS_PASSWORD", "API_TOKEN", "JWT_SECRET", "SESSION_SECRET", "PGPASSWORD", "MYSQL_ROOT_PASSWORD", "ENCRYPTION_KEY", "SMTP_PASS"])
    encoded = b64(secret)

    def wrapped(token, width):
        return "\n".join(token[i : i + width] for i in range(0, len(token), width))

    token = "ghp_" + chars(r, ALNUM, 36)
    jwt_payload = b64(json.dumps({"sub": plain, "iat": r.randint(10**9, 2 * 10**9), "scope": "admin"}), True, False)
    jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + jwt_payload + "." + chars(r, ALNUM + "-_", 43)
    signature = chars(r, HEX, 64)
    shapes = {
        "env-name-value": lambda: (json.dumps({"name": env, "value": secret}), json.dumps(secret)[1:-1]),
        "env-value-name": lambda: (json.dumps({"value": secret, "name": env}), json.dumps(secret)[1:-1]),
        "env-yaml": lambda: (f"        - name: {env}\n          value: {secret}", secret),
        "env-yaml-quoted": lambda: (f'        - name: {env}\n          value: "{secret}"', secret),
        "env-yaml-reversed": lambda: (f'        - value: "{secret}"\n          name: {env}', secret),
        "describe-env": lambda: (f"    Environment:\n      LOG_LEVEL:   info\n      {env}:  {secret}", secret),
        "env-dump": lambda: (f"HOSTNAME=web-0\nPATH=/usr/bin:/bin\n{env}={secret}\nHOME=/root", secret),
        "secret-neutral-key": lambda: (f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\ntype: Opaque\ndata:\n  {r.choice(['config', 'main', 'value', 'a', 'payload'])}: {encoded}", encoded),
        "secret-json": lambda: (json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "app"}, "data": {r.choice(["x", "cfg", "file"]): encoded}}), encoded),
        "secret-json-data-first": lambda: (json.dumps({"apiVersion": "v1", "data": {r.choice(["x", "cfg", "file"]): encoded}, "kind": "Secret"}), encoded),
        "secret-stringdata": lambda: (f"kind: Secret\nstringData:\n  {r.choice(['conn', 'main', 'value'])}: {secret}", secret),
        "last-applied": lambda: ("kubectl.kubernetes.io/last-applied-configuration: " + json.dumps(json.dumps({"kind": "Secret", "data": {"k": encoded}})), encoded),
        "helm-release": lambda: ("release: " + b64(b64(bytes(r.randrange(256) for _ in range(200)))), None),
        "docker-config": lambda: (json.dumps({"auths": {"ghcr.io": {"auth": b64("bot:" + plain)}}}), b64("bot:" + plain)),
        "dockerconfigjson": lambda: (".dockerconfigjson: " + b64(json.dumps({"auths": {"ghcr.io": {"username": "bot", "password": plain}}})), None),
        "kubeconfig-token": lambda: (f"users:\n- name: admin\n  user:\n    token: {opaque(r)}", None),
        "kubeconfig-key": lambda: (f"    client-key-data: {b64('-----BEGIN EC PRIVATE KEY-----' + plain * 4)}", None),
        "wrapped-cri": lambda: (f"{stamp(r)} stdout P token is {token[:22]}\n{stamp(r)} stdout F {token[22:]} ok", [token[:22], token[22:]]),
        "wrapped-80": lambda: (f"the token is {wrapped(token, 20)}\ndone", wrapped(token, 20).split("\n")),
        "wrapped-qp": lambda: (f"token=3D{token[:24]}=\n{token[24:]}", [token[:24], token[24:]]),
        "foreign": lambda: (f"{r.choice(FOREIGN)}{r.choice([': ', '=', ' = ', '：'])}{secret}", secret),
        "full-width": lambda: (f"{r.choice(['ｐａｓｓｗｏｒｄ', 'ＡＰＩ＿ＫＥＹ', 'ｔｏｋｅｎ'])}＝{plain}", plain),
        "zero-width-key": lambda: (f"pass\u200bword={plain}", plain),
        "zero-width-token": lambda: (f"token {token[:10]}\u200b{token[10:]}", [token[:10], token[10:]]),
        "ansi-key": lambda: (f"\x1b[33mpassword\x1b[0m=\x1b[32m{plain}\x1b[0m", plain),
        "ansi-token": lambda: (f"\x1b[1m{token[:12]}\x1b[0m{token[12:]}", [token[:12], token[12:]]),
        "control-assign": lambda: (f"password\x00=\x00{plain}", plain),
        "cli-flag": lambda: (f"{r.choice(['mysql -u root -p', 'sshpass -p ', 'redis-cli -a ', 'mongo -u admin -p ', 'curl -u admin:', 'psql --password='])}{plain} {'-h db' if r.random() < .5 else ''}", plain),
        "args-list": lambda: (json.dumps({"args": ["serve", "--db-password", plain, "--port", "8080"]}), plain),
        "args-yaml": lambda: (f"args:\n- --port=8080\n- --admin-password\n- {plain}", plain),
        "xml": lambda: (f"<user><login>bob</login><password>{plain}</password></user>", plain),
        "xml-attr": lambda: (f'<datasource url="jdbc:h2" password="{plain}"/>', plain),
        "sql-alter": lambda: (f"ALTER USER app WITH PASSWORD '{plain}';", plain),
        "sql-create": lambda: (f"CREATE USER 'app'@'%' IDENTIFIED BY '{plain}';", plain),
        "sql-role": lambda: (f"CREATE ROLE app LOGIN ENCRYPTED PASSWORD '{plain}'", plain),
        "redis-auth": lambda: (f"{r.choice(['AUTH', 'auth default', 'requirepass', 'masterauth', 'CONFIG SET requirepass'])} {plain}", plain),
        "redis-monitor": lambda: (f'1700000000.123456 [0 10.0.0.1:51234] "AUTH" "{plain}"', plain),
        "netrc": lambda: (f"machine api.example.com login bob password {plain}", plain),
        "pgpass": lambda: (f"db.shop.svc:5432:orders:app:{plain}", plain),
        "htpasswd": lambda: (f"admin:$apr1${chars(r, ALNUM, 8)}${chars(r, ALNUM + './', 22)}", None),
        "shadow": lambda: (f"root:$6${chars(r, ALNUM, 16)}${chars(r, ALNUM + './', 86)}:19000:0:99999:7:::", None),
        "bcrypt": lambda: (f"hash=$2b$12${chars(r, ALNUM + './', 53)}", None),
        "table-column": lambda: (f"USER      PASSWORD             ROLE\nalice     {plain:<20} admin", plain),
        "table-pipes": lambda: (f"| user  | password | role |\n|-------|----------|------|\n| alice | {plain} | admin |", plain),
        "csv-column": lambda: (f"user,password,role\nalice,{plain},admin", plain),
        "prose": lambda: (pick(r, f"your temporary password is {plain}", f"The password for admin was reset to {plain}.", f"use {plain} as the password", f"login with user admin and password {plain}", f"initial admin password: {plain}", f"generated password {plain} for user bob", f"secret key is {plain}"), plain),
        "otp": lambda: (f"your verification code is {r.randint(100000, 999999)}", None),
        "jwt": lambda: (f"session {jwt}", jwt),
        "jwt-truncated": lambda: (f"token {jwt[:len(jwt) - 60]}...", jwt[: len(jwt) - 60]),
        "jwt-headerless": lambda: (f"claims {jwt_payload}.{jwt.split('.')[2]}", jwt_payload),
        "jwe": lambda: ("eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ." + ".".join(chars(r, ALNUM + "-_", n) for n in (342, 16, 60, 22)), None),
        "aws-signed-url": lambda: (f"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA{chars(r, string.ascii_uppercase, 16)}%2F20260101%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Signature={signature}", signature),
        "gcs-signed-url": lambda: (f"https://storage.googleapis.com/b/o?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature={signature * 4}", signature * 4),
        "azure-sas": lambda: (f"https://a.blob.core.windows.net/c/f?sv=2022-11-02&sp=r&se=2026-12-01T00:00:00Z&sr=b&sig={urllib.parse.quote(b64(bytes(r.randrange(256) for _ in range(32))), safe='')}", None),
        "oauth-code": lambda: (f"GET /callback?code={chars(r, ALNUM, 40)}&state=xyz HTTP/1.1", None),
        "oauth-body": lambda: (f"grant_type=refresh_token&refresh_token={chars(r, ALNUM, 48)}&client_id=web", None),
        "aws-auth-header": lambda: (f"Authorization: AWS4-HMAC-SHA256 Credential=AKIA{chars(r, string.ascii_uppercase, 16)}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={signature}", signature),
        "url-credentials": lambda: (f"{r.choice(['postgres', 'mysql', 'amqp', 'mongodb+srv', 'redis', 'https', 'ftp', 'ldap', 'nats', 'clickhouse'])}://app:{plain}@db.shop.svc:5432/orders", plain),
        "url-token-user": lambda: (f"git clone https://{plain}{plain}@git.example.com/acme/app.git", plain + plain),
        "dsn-go-mysql": lambda: (f"app:{plain}@tcp(db:3306)/orders?parseTime=true", plain),
        "dsn-jdbc": lambda: (f"jdbc:sqlserver://db:1433;databaseName=orders;user=app;password={plain};encrypt=true", plain),
        "dsn-jdbc-query": lambda: (f"jdbc:postgresql://db/orders?user=app&password={plain}", plain),
        "dsn-odbc": lambda: (f"Driver={{ODBC Driver 18}};Server=db;Uid=app;Pwd={plain};", plain),
        "dsn-libpq": lambda: (f"host=db user=app password={plain} dbname=orders sslmode=disable", plain),
        "dsn-oracle": lambda: (f"sqlplus app/{plain}@//db:1521/ORCL", plain),
        "dsn-azure": lambda: (f"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={b64(bytes(r.randrange(256) for _ in range(32)))}", None),
        "pem-no-begin": lambda: ("\n".join(b64(bytes(r.randrange(256) for _ in range(48))) for _ in range(6)) + "\n-----END RSA PRIVATE KEY-----", None),
        "pem-escaped": lambda: (json.dumps({"key": "-----BEGIN RSA PRIVATE KEY-----\n" + "\n".join(b64(bytes(r.randrange(256) for _ in range(48))) for _ in range(4)) + "\n-----END RSA PRIVATE KEY-----\n"}), None),
        "jwk": lambda: (json.dumps({"kty": "EC", "crv": "P-256", "x": chars(r, ALNUM + "-_", 43), "d": plain + chars(r, ALNUM, 43 - len(plain))}), None),
        "cookie": lambda: (f"Cookie: theme=dark; session={plain}{plain}; lang=en", plain + plain),
        "set-cookie": lambda: (f"Set-Cookie: sid={plain}{plain}; Path=/; HttpOnly", plain + plain),
        "header-x": lambda: (f"{r.choice(['X-Api-Key', 'X-Auth-Token', 'X-Vault-Token', 'Private-Token', 'X-Gitlab-Token', 'Proxy-Authorization'])}: {plain}", plain),
        "header-basic": lambda: (f"Authorization: Basic {b64('app:' + plain)}", b64("app:" + plain)),
        "header-go": lambda: (f"map[Accept:[*/*] Authorization:[Bearer {plain}{plain}] User-Agent:[Go-http-client/1.1]]", plain + plain),
        "header-digest": lambda: (f'Authorization: Token token="{plain}"', plain),
        "yaml-block": lambda: (f"password: |\n  {plain}\nuser: app", plain),
        "yaml-folded": lambda: (f"apiKey: >-\n    {plain}", plain),
        "properties": lambda: (f"spring.datasource.password={plain}", plain),
        "ini": lambda: (f"[database]\nuser = app\npass = {plain}", plain),
        "hcl": lambda: (f'variable "db_password" {{\n  default = "{plain}"\n}}', plain),
        "terraform-plan": lambda: (f'      + password = "{plain}"', plain),
        "java-props": lambda: (f"-Djavax.net.ssl.keyStorePassword={plain} -Xmx512m", plain),
        "python-dict": lambda: (f"{{'user': 'app', 'password': '{plain}', 'port': 5432}}", plain),
        "go-struct": lambda: (f"{{User:app Password:{plain} Port:5432}}", plain),
        "go-struct-verb": lambda: (f'main.Config{{User:"app", Password:"{plain}", Port:5432}}', plain),
        "rust-debug": lambda: (f'Config {{ user: "app", password: "{plain}", port: 5432 }}', plain),
        "java-tostring": lambda: (f"DataSource[user=app, password={plain}, url=jdbc:h2]", plain),
        "kafka-jaas": lambda: (f'org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="{plain}";', plain),
        "ruby-hash": lambda: (f'{{:user=>"app", :password=>"{plain}"}}', plain),
        "php-array": lambda: (f"Array ( [user] => app [password] => {plain} )", plain),
        "powershell": lambda: (f"$env:API_KEY = '{plain}'", plain),
        "gpg-passphrase": lambda: (f"gpg --batch --passphrase {plain} -d f.gpg", plain),
        "seed-phrase": lambda: ("mnemonic: abandon ability able about above absent absorb abstract absurd abuse access accident", None),
        "json-number-pin": lambda: (json.dumps({"pin": r.randint(1000, 999999)}), None),
    }
    kind = r.choice(sorted(shapes))
    text, secrets = shapes[kind]()
    if secrets is None:
        secrets = {
            "helm-release": lambda: text.split(": ")[1], "dockerconfigjson": lambda: text.split(": ")[1], "kubeconfig-token": lambda: text.split("token: ")[1],
            "kubeconfig-key": lambda: text.split(": ")[1], "htpasswd": lambda: text.split("$", 2)[2], "shadow": lambda: text.split("$")[3].split(":")[0], "bcrypt": lambda: text[-53:],
            "otp": lambda: text.split()[-1], "jwe": lambda: text, "azure-sas": lambda: text.split("sig=")[1], "oauth-code": lambda: text.split("code=")[1].split("&")[0],
            "oauth-body": lambda: text.split("refresh_token=")[-1].split("&")[0], "dsn-azure": lambda: text.split("SharedAccessKey=")[1], "pem-no-begin": lambda: text.split("\n")[:-1],
            "pem-escaped": lambda: json.loads(text)["key"].split("\n")[1:-2], "jwk": lambda: json.loads(text)["d"], "seed-phrase": lambda: text.split(": ")[1],
            "json-number-pin": lambda: text.split(": ")[1][:-1],
        }[kind]()
    return Case("kubernetes", kind, text, secrets)


def encoded(r):
    plain = chars(r, ALNUM, r.randint(16, 30))
    inner = pick(r, f"password={plain}", f'{{"api_key":"{plain}"}}', f"DB_PASSWORD={plain}\nDB_USER=app", "ghp_" + chars(r, ALNUM, 36), f"postgres://app:{plain}@db/x", "AKIA" + chars(r, string.ascii_uppercase, 16))
    codes = {
        "base64": lambda: b64(inner), "base64url": lambda: b64(inner, True, False), "base64-offset": lambda: b64("x" * r.randint(1, 5) + " " + inner),
        "base64-twice": lambda: b64(b64(inner)), "hex": lambda: inner.encode().hex(), "percent": lambda: urllib.parse.quote(inner, safe=""),
        "percent-all": lambda: "".join(f"%{byte:02X}" for byte in inner.encode()), "html": lambda: "".join(f"&#{ord(c)};" for c in inner),
        "unicode": lambda: "".join(f"\\u{ord(c):04x}" for c in inner), "backslash-x": lambda: "".join(f"\\x{ord(c):02x}" for c in inner),
        "base64-of-percent": lambda: b64(urllib.parse.quote(inner, safe="")),
    }
    kind = r.choice(sorted(codes))
    text = codes[kind]()
    carrier = pick(r, f"payload {text}", json.dumps({"data": text}), f"{stamp(r)} INFO decoded from {text} ok", f"body={text}", f"{text}")
    shown = text if text in carrier else json.dumps(text)[1:-1]
    # Of an encoded text that says what it is, only the encoded value must go.
    if kind == "percent":
        value = urllib.parse.quote(plain, safe="")
        shown = value if value in carrier else shown
    return Case("encoded", kind, carrier, shown)


def clean(r):
    """One ordinary line without any secret, of the kinds that fool detectors."""
    ns, app = r.choice(["shop", "payments", "kube-system", "monitoring"]), r.choice(["checkout", "cart", "coredns", "ledger", "auth-service", "token-refresher", "secret-store-csi"])
    rs, pod = chars(r, "bcdfghjklmnpqrstvwxz2456789", 9), chars(r, "bcdfghjklmnpqrstvwxz2456789", 5)
    trace, span, sha = chars(r, HEX, 32), chars(r, HEX, 16), chars(r, HEX, 40)
    digest, u = chars(r, HEX, 64), uuid(r)
    harmless = b64(r.choice(["hello world, this is plain text", '{"status":"ok","count":3}', "The quick brown fox jumps over", "replicas: 3\nimage: nginx\n"]))
    ip = f"10.{r.randint(0, 255)}.{r.randint(0, 255)}.{r.randint(1, 254)}"
    lines = [
        f"I1126 09:{r.randint(10, 59)}:44.{r.randint(100000, 999999)}       1 reconciler.go:{r.randint(10, 999)}] \"Reconciled\" pod=\"{ns}/{app}-{rs}-{pod}\" duration=\"{r.randint(1, 900)}ms\"",
        f"E1126 10:11:12.345678   12345 pod_workers.go:1301] \"Error syncing pod, skipping\" err=\"failed to \\\"StartContainer\\\" for \\\"app\\\" with CrashLoopBackOff\" pod=\"{ns}/{app}-{rs}-{pod}\" podUID=\"{u}\"",
        json.dumps({"level": "info", "ts": 1.7e9 + r.random() * 1e6, "logger": "http", "msg": "request", "trace_id": trace, "span_id": span, "status": 200, "path": f"/api/v1/orders/{r.randint(1, 10**6)}"}),
        json.dumps({"time": stamp(r), "level": "WARN", "msg": "token refresh scheduled", "expires_in": r.randint(60, 3600), "token_type": "Bearer", "session_count": r.randint(1, 90)}),
        json.dumps({"partitionKey": u, "sortKey": f"order#{r.randint(1, 10**6)}", "requestId": uuid(r), "nonce": chars(r, HEX, 16)}),
        f"{stamp(r)} INFO  [main] c.a.security.PasswordEncoderFactory - PasswordEncoder initialised in {r.randint(1, 99)} ms",
        f"\tat com.acme.auth.TokenService.validatePassword(TokenService.java:{r.randint(10, 900)})",
        f"\tat org.springframework.security.crypto.password.DelegatingPasswordEncoder.matches(DelegatingPasswordEncoder.java:{r.randint(10, 900)}) ~[spring-security-crypto-6.2.{r.randint(0, 9)}.jar:6.2.1]",
        f"Pulled image \"registry.example.com/{app}@sha256:{digest}\" in {r.random() * 9:.3f}s",
        f"{ip} - - [26/Nov/2026:10:{r.randint(10, 59)}:12 +0000] \"GET /login?next=%2Fhome HTTP/1.1\" 200 {r.randint(100, 9999)} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
        f"{ip} - - [26/Nov/2026:10:11:12 +0000] \"POST /oauth/token HTTP/2.0\" 401 {r.randint(10, 99)} \"https://app.example.com/\" \"okhttp/4.12.0\" rt={r.random():.3f} rid={trace}",
        f"http_requests_total{{namespace=\"{ns}\",pod=\"{app}-{rs}-{pod}\",code=\"200\"}} {r.randint(1, 10**7)}",
        f"kube_secret_info{{namespace=\"{ns}\",secret=\"{app}-tls\",uid=\"{u}\"}} 1",
        f"apiserver_request_duration_seconds_bucket{{verb=\"GET\",resource=\"secrets\",le=\"0.{r.randint(1, 9)}\"}} {r.randint(1, 99999)}",
        f"        - name: DB_PASSWORD\n          valueFrom:\n            secretKeyRef:\n              name: {app}-db\n              key: password",
        f"password: ${{DB_PASSWORD}}", f"token={r.choice(['<redacted>', '***', '${TOKEN}', '$(TOKEN)', 'REDACTED', '[MASKED]', 'null', 'undefined', '{{ .Values.token }}'])}",
        f"API_KEY={r.choice(['your-api-key-here', 'changeme', 'xxxxxxxx', '<your key>', 'TODO', 'none', ''])}",
        f"commit {sha} (HEAD -> main, origin/main)", f"Merge branch 'fix/password-reset' of github.com:acme/{app} into main",
        f"resourceVersion: \"{r.randint(10**6, 10**9)}\"", f"uid: {u}", f"generation: {r.randint(1, 40)} observedGeneration={r.randint(1, 40)}",
        f"2026-11-26 10:11:12.123 UTC [{r.randint(10, 9999)}] LOG:  checkpoint complete: wrote {r.randint(1, 999)} buffers ({r.random():.1f}%); 0 WAL file(s) added",
        f"2026-11-26 10:11:12.123 UTC [{r.randint(10, 9999)}] FATAL:  password authentication failed for user \"{r.choice(['app', 'postgres', 'orders'])}\"",
        f"2026-11-26T10:11:12.123Z {r.randint(1, 99)} [Note] [MY-010914] [Server] Aborted connection {r.randint(1, 9999)} to db: 'orders' user: 'app' host: '{ip}' (Got an error reading communication packets).",
        f"1:M 26 Nov 2026 10:11:12.123 * {r.randint(1, 9999)} changes in 60 seconds. Saving...",
        f"level=info ts={stamp(r)} caller=main.go:{r.randint(1, 999)} component=tsdb msg=\"WAL segment loaded\" segment={r.randint(1, 99)} maxSegment={r.randint(100, 199)}",
        f"ts={stamp(r)} caller=compact.go:519 level=info component=tsdb msg=\"write block\" mint={r.randint(10**12, 2 * 10**12)} maxt={r.randint(10**12, 2 * 10**12)} ulid=01{chars(r, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)} duration={r.random():.6f}s",
        f"Normal   Scheduled  {r.randint(1, 59)}s   default-scheduler  Successfully assigned {ns}/{app}-{rs}-{pod} to ip-10-0-{r.randint(1, 254)}-{r.randint(1, 254)}.eu-west-1.compute.internal",
        f"Warning  FailedMount  2m  kubelet  MountVolume.SetUp failed for volume \"{app}-tls\" : secret \"{app}-tls\" not found",
        f"goroutine {r.randint(1, 9999)} [select, {r.randint(1, 99)} minutes]:\nnet/http.(*persistConn).writeLoop(0xc000{chars(r, HEX, 6)})",
        f"\t/usr/local/go/src/net/http/transport.go:{r.randint(100, 2999)} +0x{chars(r, HEX, 3)}",
        f"[{stamp(r)}][{r.randint(1, 30)}][info][upstream] [source/common/upstream/cds_api_helper.cc:32] cds: add {r.randint(1, 99)} cluster(s), remove 2 cluster(s)",
        f"[{stamp(r)}] \"GET /api/cart HTTP/1.1\" 200 - via_upstream - \"-\" 0 {r.randint(10, 9999)} {r.randint(1, 99)} {r.randint(1, 99)} \"{ip}\" \"Go-http-client/1.1\" \"{u}\" \"cart.{ns}\" \"{ip}:8080\" outbound|80||cart.{ns}.svc.cluster.local {ip}:51234 {ip}:80",
        f"GET https://registry.npmjs.org/@types%2fnode/-/node-20.{r.randint(1, 19)}.{r.randint(1, 9)}.tgz 200 {r.randint(10, 999)}ms (cache hit)",
        f"etag: W/\"{chars(r, HEX, 8)}-{chars(r, ALNUM, 27)}\"", f"X-Request-Id: {u}", f"traceparent: 00-{trace}-{span}-01",
        f"config: {harmless}", f"data {harmless} decoded",
        f"Downloading com.fasterxml.jackson.core:jackson-databind:2.17.{r.randint(0, 9)} from central", f"{app}-{rs}-{pod}   1/1   Running   {r.randint(0, 9)} ({r.randint(1, 59)}m ago)   {r.randint(1, 99)}d   {ip}   node-{chars(r, HEX, 8)}",
        f"time=\"{stamp(r)}\" level=info msg=\"authenticated user via token\" user=alice method=token provider=oidc",
        f"secret/{app}-tls created", f"Secret \"{app}-db\" unchanged", f"serviceaccount/{app} token mounted at /var/run/secrets/kubernetes.io/serviceaccount",
        f"user alice changed password successfully at {stamp(r)}", "Enter password for user root:", f"password expired {r.randint(1, 90)} days ago for uid {r.randint(1000, 9999)}", f"rotating key id {r.randint(1, 99)}: next rotation in {r.randint(1, 24)}h",
        f"INFO Kafka consumer group=orders-v{r.randint(1, 9)} partition={r.randint(0, 31)} offset={r.randint(1, 10**9)} key={r.randint(1, 10**6)} lag={r.randint(0, 99)}",
        f"x509: certificate has expired or is not yet valid: current time {stamp(r)} is after {stamp(r)}", f"SHA256 Fingerprint={':'.join(chars(r, '0123456789ABCDEF', 2) for _ in range(32))}",
        f"GC(1{r.randint(10, 99)}) Pause Young (Normal) (G1 Evacuation Pause) {r.randint(100, 999)}M->{r.randint(10, 99)}M({r.randint(1000, 4000)}M) {r.random() * 20:.3f}ms",
        f"npm WARN deprecated token-types@{r.randint(1, 9)}.0.{r.randint(1, 9)}: use @scope/token-types instead", f"io.netty.handler.ssl.SslHandshakeTimeoutException: handshake timed out after 10000ms [{chars(r, HEX, 8)}]",
        f"Container image \"{app}:v{r.randint(1, 9)}.{r.randint(0, 30)}.{r.randint(0, 9)}-{chars(r, HEX, 7)}\" already present on machine", f"lease {ns}/{app}-leader-election-{chars(r, HEX, 8)} acquired by {app}-{rs}-{pod}_{u}",
        f"docker-pullable://registry.k8s.io/{app}@sha256:{digest}", f"containerd://{digest}", f"cgroup: /kubepods/burstable/pod{u}/{digest}",
        f"s3://backups/{ns}/{app}/2026/11/26/dump-{chars(r, HEX, 12)}.sql.gz", f"arn:aws:iam::{r.randint(10**11, 10**12 - 1)}:role/{app}-irsa", f"vpc-0{chars(r, HEX, 16)} subnet-0{chars(r, HEX, 16)} i-0{chars(r, HEX, 16)}",
        f"cacheKey=orders:{r.randint(1, 10**6)}:v2 hit=true ttl={r.randint(1, 600)}", f"idempotency-key: {u}", f"correlationId={u} causationId={uuid(r)}", f"Idempotent publish key={u} topic=orders",
        f"validated token for sub=user-{r.randint(1, 9999)} aud=web exp={r.randint(17 * 10**8, 18 * 10**8)}", f"csrf check passed for session of user {r.randint(1, 9999)}", f"token bucket refilled: tokens={r.randint(1, 100)} rate={r.randint(1, 50)}/s",
        f"max_tokens={r.randint(100, 4096)} prompt_tokens={r.randint(1, 999)} completion_tokens={r.randint(1, 999)} model=gpt-4o", f"primary key (order_id, line_no) on public.orders", f"foreign_key_checks=0; sort_key=created_at; partition_key=tenant",
    ]
    return Case("clean", "clean", r.choice(lines), [])


def cases(seed: int, size: int):
    """About `size` cases of each group but `provider`, which has every kind in turn."""
    r = random.Random(seed)
    for _ in range(max(1, size // len(list(kinds.kinds())))):
        yield from provider(r)
    for make in (keyed, kubernetes, encoded):
        for _ in range(size):
            yield make(r)
    for _ in range(size * 5):
        yield clean(r)
