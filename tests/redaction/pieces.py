"""The language that the corpus is written in: texts with holes, `‹ip›` or `‹h:32›`, and with secrets between `«` and `»`.

`Writer.fill` fills the holes from a seeded source; `marked` takes the guillemets out and says which bytes stood between them.
A hole is a class of characters and a length (`‹n:36›`, `‹n:20-40›`), a named piece (`‹pod›`), or a choice (`‹a|b|c›`).
"""

import base64
import gzip
import json
import random
import re
import string

LOWER, UPPER, DIGIT = string.ascii_lowercase, string.ascii_uppercase, string.digits
CLASSES = {
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "d": DIGIT,
    "l": LOWER,
    "U": UPPER,
    "a": LOWER + DIGIT,
    "A": UPPER + DIGIT,
    "n": UPPER + LOWER + DIGIT,
    "w": UPPER + LOWER + DIGIT + "_-",
    "b": UPPER + LOWER + DIGIT + "+/",
    "c": UPPER + LOWER + DIGIT + "./",
    "5": UPPER + "234567",
    "k": "bcdfghjklmnpqrstvwxz2456789",
    "8": "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    "9": "123456789",
    "X": "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789",
}
APPS = """checkout cart catalog ledger billing invoices payments orders shipping search users accounts sessions gateway frontend backend worker
scheduler mailer notifier reports analytics recommender inventory pricing coupons reviews media thumbnailer auth-service token-refresher
secret-store-csi passwordless-login credential-broker coredns prometheus grafana loki tempo kafka zookeeper redis postgres mysql rabbitmq
nginx-ingress cert-manager external-secrets sealed-secrets vault-agent keycloak oauth2-proxy argocd-server flux istiod fluent-bit""".split()
NAMESPACES = "shop payments kube-system monitoring ingress-nginx default staging prod data ml-platform istio-system argocd vault identity".split()
USERS = "alice bob carol dave erin frank grace heidi ivan judy admin root app svc-orders deploy ci-bot postgres readonly".split()
WORDS = """river garden window orange silver planet bridge castle mirror forest thunder rocket marble copper velvet harbor meadow falcon tiger
dragon winter summer autumn monday coffee banana purple yellow guitar pepper cactus staple battery horse correct anchor lantern""".split()
ENGLISH = """the request was served from cache after retry because upstream closed connection while reading response header and worker
finished batch of records within deadline so leader renewed lease before timeout expired on node while waiting for volume to attach
container started probe succeeded image already present on machine scaling deployment down up rollout complete reconcile loop idle""".split()
HOSTS = "db.shop.svc:5432 cache.prod.internal:6379 api.example.com mq-0.mq.data.svc.cluster.local:5672 10.20.30.40:3306 mongo-1.example.net:27017".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def b64(text, url=False, pad=True):
    data = text if isinstance(text, bytes) else text.encode()
    out = (base64.urlsafe_b64encode if url else base64.b64encode)(data).decode()
    return out if pad else out.rstrip("=")


class Writer(random.Random):
    """A seeded source of texts."""

    def chars(self, alphabet, least, most=None):
        return "".join(self.choices(alphabet, k=self.randint(least, most or least)))

    def bytes(self, length):
        return self.getrandbits(8 * length).to_bytes(length, "big")

    def fill(self, text):
        """The text with its holes filled, innermost first."""
        for _ in range(6):
            text, count = re.subn("‹([^‹›]*)›", self._hole, text)
            if not count:
                return text
        raise ValueError(text)

    def _hole(self, match):
        hole = match.group(1)
        if "|" in hole:
            return self.choice(hole.split("|"))
        if ":" in hole:
            kind, length = hole.split(":")
            least, _, most = length.partition("-")
            if kind == "num":
                return str(self.randint(int(least), int(most)))
            return self.chars(CLASSES[kind], int(least), int(most or least))
        return getattr(self, "p_" + hole)()

    # Times and numbers.
    def p_ts(self):
        return f"2026-{self.randint(1, 12):02}-{self.randint(1, 28):02}T{self.p_clock()}.{self.randint(0, 999):03}Z"

    def p_nano(self):
        return f"2026-{self.randint(1, 12):02}-{self.randint(1, 28):02}T{self.p_clock()}.{self.randint(0, 999999999):09}Z"

    def p_date(self):
        return f"2026-{self.randint(1, 12):02}-{self.randint(1, 28):02} {self.p_clock()},{self.randint(0, 999):03}"

    def p_clf(self):
        return f"{self.randint(1, 28):02}/{self.choice(MONTHS)}/2026:{self.p_clock()} +0000"

    def p_syslog(self):
        return f"{self.choice(MONTHS)} {self.randint(1, 28):2} {self.p_clock()}"

    def p_clock(self):
        return f"{self.randint(0, 23):02}:{self.randint(0, 59):02}:{self.randint(0, 59):02}"

    def p_klog(self):
        return f"{self.choice('IWE')}{self.randint(1, 12):02}{self.randint(1, 28):02} {self.p_clock()}.{self.randint(0, 999999):06} {self.randint(1, 99999):7} {self.choice(['reconciler', 'controller', 'kubelet', 'pod_workers', 'garbage_collector', 'reflector', 'leaderelection', 'token_manager', 'secret'])}.go:{self.randint(10, 2000)}]"

    def p_cri(self):
        return f"{self.p_nano()} {self.choice(['stdout', 'stderr'])} F"

    def p_epoch(self):
        return f"{self.randint(1_700_000_000, 1_800_000_000)}.{self.randint(0, 9999999):07}"

    def p_ms(self):
        return str(self.randint(1_700_000_000_000, 1_800_000_000_000))

    def p_float(self):
        return f"{self.random() * 10 ** self.randint(-2, 4):.{self.randint(1, 6)}f}"

    def p_n(self):
        return str(self.randint(1, 10 ** self.randint(1, 6)))

    def p_line(self):
        return str(self.randint(10, 1999))

    def p_status(self):
        return self.choice(["200", "200", "201", "204", "301", "304", "400", "401", "403", "404", "429", "500", "502", "503"])

    # Names.
    def p_app(self):
        return self.choice(APPS)

    def p_ns(self):
        return self.choice(NAMESPACES)

    def p_user(self):
        return self.choice(USERS)

    def p_word(self):
        return self.choice(WORDS)

    def p_en(self):
        return self.choice(ENGLISH)

    def p_phrase(self):
        return " ".join(self.choices(ENGLISH, k=self.randint(3, 9)))

    def p_pod(self):
        return f"{self.p_app()}-{self.chars(CLASSES['k'], 8, 10)}-{self.chars(CLASSES['k'], 5)}" if self.random() < 0.8 else f"{self.p_app()}-{self.randint(0, 9)}"

    def p_node(self):
        return self.choice([f"ip-10-{self.randint(0, 255)}-{self.randint(0, 255)}-{self.randint(1, 254)}.eu-west-1.compute.internal", f"gke-prod-pool-{self.randint(1, 4)}-{self.chars('0123456789abcdef', 8)}-{self.chars(LOWER + DIGIT, 4)}", f"worker-{self.randint(1, 40)}", f"aks-nodepool1-{self.chars(DIGIT, 8)}-vmss{self.randint(0, 99):06}"])

    def p_ip(self):
        return f"10.{self.randint(0, 255)}.{self.randint(0, 255)}.{self.randint(1, 254)}"

    def p_host(self):
        return self.choice(HOSTS)

    def p_uuid(self):
        h = self.chars(CLASSES["h"], 32)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{self.choice('89ab')}{h[17:20]}-{h[20:]}"

    def p_ulid(self):
        return "01" + self.chars(CLASSES["8"], 24)

    def p_sha(self):
        return self.chars(CLASSES["h"], 40)

    def p_digest(self):
        return "sha256:" + self.chars(CLASSES["h"], 64)

    def p_ver(self):
        return f"{self.randint(0, 9)}.{self.randint(0, 40)}.{self.randint(0, 20)}"

    def p_path(self):
        return self.choice(["/", "/healthz", "/readyz", "/metrics", "/login", "/oauth/token", "/api/v1/secrets", "/users/password/reset", "/.well-known/openid-configuration"]) if self.random() < 0.4 else f"/api/v{self.randint(1, 3)}/{self.p_app()}/{self.randint(1, 10**6)}"

    def p_ua(self):
        return self.choice(["kube-probe/1.32", "Go-http-client/2.0", "curl/8.5.0", "okhttp/4.12.0", "python-requests/2.32.3", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36", "Prometheus/3.1.0", "kubelet/v1.32.1 (linux/amd64) kubernetes/1d8a1d5", "axios/1.7.9"])

    def p_class(self):
        return self.choice(["com.acme.auth.TokenService", "org.springframework.security.authentication.UsernamePasswordAuthenticationToken", "com.acme.orders.OrderController", "org.hibernate.engine.jdbc.spi.SqlExceptionHelper", "io.netty.channel.AbstractChannelHandlerContext", "org.apache.kafka.clients.NetworkClient", "com.zaxxer.hikari.pool.HikariPool", "com.acme.crypto.SecretKeyFactoryBean", "org.apache.catalina.core.ContainerBase", "com.acme.session.SessionTokenGenerator", "org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration"])

    def p_method(self):
        return self.choice(["invoke", "doFilter", "validatePassword", "resolveToken", "getSecret", "process", "handle", "run", "lambda$null$3", "authenticate", "fireChannelRead", "encodePassword", "<init>"])

    def p_harmless(self):
        return b64(self.choice([f"hello world number {self.p_n()}", '{"status":"ok","count":%s}' % self.p_n(), "replicas: 3\nimage: nginx:1.27\n", f"{self.p_phrase()}", '{"level":"info","msg":"%s"}' % self.p_phrase()]))

    # What stands where a secret would.
    def p_hole(self):
        return self.choice(["${DB_PASSWORD}", "$(API_TOKEN)", "<redacted>", "<your-token-here>", "***", "********", "REDACTED", "[REDACTED]", "[FILTERED]", "xxxxxxxx", "{{ .Values.token }}", "%(password)s", "null", "None", "nil", "<nil>", "undefined", "true", "false", '""', "(set)", "(sensitive value)", "<hidden>", "your-api-key", "$TOKEN", "<none>", "<unset>", "******", "{{secret}}", "TODO", "n/a", "(not set)", "[MASKED]", "<sensitive>", "$DB_PASS", "%TOKEN%", "#{token}", "@token@", "ENC[...]", "vault:secret/data/app#password", "secretKeyRef"])

    # Secrets.
    def p_pw(self):
        """What people and generators choose as passwords, 8 characters or longer."""
        return self.choice(self._passwords)(self)

    _passwords = [
        lambda r: r.chars(CLASSES["n"], 10, 24),
        lambda r: r.chars(CLASSES["n"], 5, 9) + r.choice("!#^*-_.~") + r.chars(CLASSES["n"], 4, 8) + r.choice("!#^*_~7"),
        lambda r: r.p_word().title() + str(r.randint(1990, 2026)) + r.choice("!#*.?"),
        lambda r: "-".join(r.choices(WORDS, k=4)),
        lambda r: r.p_word() + str(r.randint(100, 9999)),
        lambda r: r.p_word()[0].upper() + r.p_word()[1:].replace("e", "3").replace("a", "4").replace("o", "0") + "_" + r.chars(DIGIT, 3),
        lambda r: b64(r.bytes(r.choice([12, 15, 18]))),
    ]

    def p_simple(self):
        """A password of letters and digits, which needs no escape in any notation."""
        return self.chars(CLASSES["n"], 9, 22)

    def p_opaque(self):
        """A token with no mark of its own."""
        return self.choice([lambda: self.chars(CLASSES["h"], self.choice([32, 40, 64])), lambda: self.chars(CLASSES["n"], 20, 64), lambda: b64(self.bytes(self.choice([24, 32, 48]))), lambda: self.chars(CLASSES["w"], 24, 48).strip("-_") + "x7", lambda: self.chars(CLASSES["a"], 24, 40)])()

    def p_any(self):
        return self.p_pw() if self.random() < 0.5 else self.p_opaque()

    def p_ghp(self):
        return "ghp_" + self.chars(CLASSES["n"], 36)

    def p_jwt(self):
        head = b64(self.choice(['{"alg":"HS256","typ":"JWT"}', '{"alg":"RS256","kid":"%s"}' % self.chars(CLASSES["n"], 8), '{"typ":"JWT","alg":"ES256"}', '{"alg":"EdDSA"}']), True, False)
        body = b64(json.dumps({"sub": self.p_user(), "iss": "https://id.example.com/", "iat": self.randint(10**9, 2 * 10**9), "jti": self.chars(CLASSES["n"], 12)}), True, False)
        return f"{head}.{body}.{b64(self.bytes(self.choice([32, 64, 256])), True, False)}"

    # Secrets in the encodings that clusters and protocols give them.
    def p_b64pw(self):
        return b64(self.p_word() + self.chars(CLASSES["n"], 8, 20))

    def p_basic(self):
        return b64(f"{self.p_user()}:{self.p_simple()}")

    def p_b64htp(self):
        return b64(f"admin:$apr1${self.chars(CLASSES['n'], 8)}${self.chars(CLASSES['c'], 22)}\n")

    def p_dockercfg64(self):
        return b64(json.dumps({"auths": {"r.example.com": {"username": "ci", "password": self.p_simple(), "auth": self.p_basic()}}}))

    def p_helm(self):
        release = json.dumps({"name": "x", "config": {"password": self.p_simple()}, "manifest": self.p_phrase() * 9})
        return b64(b64(gzip.compress(release.encode(), mtime=0)))

    def p_b64secret(self):
        return b64(json.dumps({"password": self.p_simple(), "user": "x"}))

    def p_b64secretu(self):
        return b64(json.dumps({"token": self.p_simple(), "user": "x"}), True, False)

    def p_b64b64(self):
        return b64(self.p_b64secret())

    def p_b64kv(self):
        return b64(f"DB_PASSWORD={self.p_simple()}\nDB_USER=x\n")

    def p_hexkv(self):
        return f"password={self.p_simple()}".encode().hex()

    def p_hexkvU(self):
        return f"api_key={self.p_simple()}".encode().hex().upper()

    def p_gz64(self):
        return b64(gzip.compress((json.dumps({"password": self.p_simple()}) * 3).encode(), mtime=0))

    def p_saslplain(self):
        return b64(f"\0bob\0{self.p_simple()}")

    def p_Key(self):
        """A name that says what its value is, in any of the usual cases."""
        words = self.p_key().split("_")
        return self.choice(["_".join, "_".join, "-".join, ".".join, lambda w: "_".join(w).upper(), lambda w: "_".join(w).upper(), lambda w: w[0] + "".join(x.title() for x in w[1:]), lambda w: "".join(x.title() for x in w), "".join])(words)

    def p_key(self):
        what = self.choice("api_key apikey secret client_secret token access_token auth_token refresh_token password passwd secret_key private_key api_secret webhook_secret signing_secret signing_key secret_access_key app_secret admin_password db_password encryption_key passphrase pass pwd api_token bearer_token service_token credentials session_token license_key jwt_secret cookie_secret root_password master_key shared_secret bot_token pat".split())
        before = self.choice(["", "", "", "app_", "db_", "my_", "prod_", "staging_", self.choice(SERVICES) + "_", self.choice(SERVICES) + "_", self.choice(SERVICES) + "_"])
        return before + what

    def p_ENV(self):
        return self.p_key().upper()

    def p_kebab(self):
        return self.p_key().replace("_", "-")


SERVICES = """acme stripe paypal adyen twilio sendgrid mailgun postmark segment mixpanel amplitude datadog newrelic grafana sentry rollbar splunk
elastic algolia meilisearch pinecone qdrant openai anthropic cohere mistral replicate huggingface github gitlab bitbucket circleci jenkins sonar snyk
npm pypi docker quay harbor nexus vault consul heroku netlify vercel supabase upstash mongodb redis postgres mysql mariadb cassandra kafka
rabbitmq nats minio wasabi cloudflare fastly okta auth0 keycloak cognito firebase pusher ably slack discord telegram zendesk intercom hubspot
salesforce airtable notion jira confluence trello shopify square braintree klarna razorpay plaid wise coinbase kraken binance infura alchemy
mapbox here ipinfo maxmind twitch spotify dropbox box docusign ldap radius smtp imap ftp sftp vpn wireguard pagerduty opsgenie launchdarkly
contentful sanity wordpress keystore truststore rsa hmac totp webhook oauth sso saml scim grpc mtls backup restic borg etcd""".split()


def marked(text):
    """The text without guillemets, and the ranges of bytes that stood between them."""
    out, spans, at = [], [], 0
    for piece in re.split("([«»])", text):
        if piece == "«":
            spans.append([at, at])
        elif piece == "»":
            spans[-1][1] = at
        else:
            data = piece.encode("utf-8", "surrogateescape")
            out.append(data)
            at += len(data)
    return b"".join(out), [tuple(span) for span in spans]
