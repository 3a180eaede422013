"""Texts that clusters, programs and people make of secrets: the table in shapes.txt, key words in many tongues, secrets cut by wrapping
and truncation, and secrets inside encodings. Groups `kubernetes`, `notation`, `statement`, `link`, `tongue`, `cut`, `encoded`.
"""

import gzip
import json
import pathlib
import re
import urllib.parse

from pieces import CLASSES, b64

# Words for password, secret, key and the like.
TONGUES = """
de Passwort,Kennwort,Geheimnis,Zugangsschlüssel,Geheimschlüssel,Zugriffstoken,Losungswort,API-Schlüssel,Zugangscode
fr mot de passe,motdepasse,clé secrète,jeton d'accès,clé API,code secret,phrase secrète,mdp
es contraseña,clave,clave secreta,contrasena,clave de API,ficha de acceso
pt senha,palavra-passe,chave secreta,chave de API,código de acesso
it parola d'ordine,chiave segreta,chiave API,codice di accesso,parola chiave
nl wachtwoord,geheime sleutel,toegangscode
pl hasło,klucz tajny,klucz API,tajny klucz,haslo
cs heslo,tajný klíč,přístupový token
ru пароль,ключ доступа,секретный ключ,токен доступа,секрет
uk пароль,секретний ключ,ключ доступу
zh 密码,口令,密钥,令牌,访问令牌,密碼,金鑰,私钥
ja パスワード,秘密鍵,暗証番号,トークン,アクセスキー,合言葉
ko 비밀번호,암호,비밀키,토큰,접근 토큰
tr şifre,parola,gizli anahtar,erişim anahtarı
sv lösenord,hemlig nyckel
da adgangskode,hemmelig nøgle
no passord,hemmelig nøkkel
fi salasana,salainen avain
hu jelszó,titkos kulcs
ro parolă,cheie secretă
el κωδικός,κωδικός πρόσβασης,μυστικό κλειδί
he סיסמה,מפתח סודי
ar كلمة المرور,المفتاح السري,كلمة السر
hi पासवर्ड,गुप्त कुंजी
th รหัสผ่าน
vi mật khẩu,khóa bí mật
id kata sandi,kunci rahasia
fa رمز عبور
bg парола,таен ключ
hr lozinka,tajni ključ
sk heslo,tajný kľúč
ca contrasenya,clau secreta
"""
TONGUE_CARRIERS = ["‹W›: «‹simple›»", "‹W›=«‹simple›»", "‹W› = «‹pw›»", "‹W›：«‹simple›»", '"‹W›":"«‹simple›»"', "{'‹W›': '«‹simple›»'}", "‹ts› INFO ‹W›: «‹simple›» (bob)", "‹W› → «‹simple›»", "‹W› '«‹simple›»'", "  ‹W›: «‹simple›»\n  user: bob", "‹klog› ‹W›=«‹simple›»"]
CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "v": "\v", "e": "\x1b", "\\": "\\"}


def table():
    """(group, kind, text) of every line of shapes.txt and of those that came later."""
    here = pathlib.Path(__file__).parent
    group = ""
    names = ("shapes.txt", "shapes-later.txt", "shapes-more.txt", "shapes-fresh.txt", "shapes-blind.txt")
    for line in "\n".join((here / name).read_text() for name in names).split("\n"):
        if line.startswith("# Shapes") or (line.startswith("# ") and group == "") or not line.strip():
            continue
        if re.fullmatch(r"\[[a-z]+\]", line):
            group = line[1:-1]
            continue
        kind, text = line.split("|", 1)
        yield group, kind, re.sub(r"\\(.)", lambda m: CONTROLS.get(m.group(1), m.group(0)), text)


class Shapes:
    """The shapes, as one writer puts them."""

    def __init__(self, r):
        self.r = r

    def expand(self, text):
        r = self.r
        for hole, make in {
            "‹B64›": lambda: b64(r.choice([r.p_pw, r.p_opaque, r.p_simple])()),
            "‹JWT64›": lambda: b64(r.p_jwt()),
            "‹PEMB64›": lambda: b64(self.pem()),
            "‹urlpw›": lambda: r.choice([r.p_simple(), r.chars(CLASSES["n"], 6, 9) + r.choice("!*-_.~") + r.chars(CLASSES["n"], 6)]),
            "‹bytes›": lambda: " ".join(str(b) for b in r.p_simple().encode()),
        }.items():
            while hole in text:
                text = text.replace(hole, make(), 1)
        return r.fill(text)

    def pem(self):
        kind = self.r.choice(["RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"])
        body = b64(self.r.bytes(self.r.choice([120, 300, 600])))
        return f"-----BEGIN {kind}-----\n" + "\n".join(body[i : i + 64] for i in range(0, len(body), 64)) + f"\n-----END {kind}-----\n"

    def written(self):
        for group, kind, text in table():
            text = self.expand(text)
            if self.r.random() < 0.15 and "\n" not in text and "\0" not in text:
                text = self.r.fill(self.r.choice(["‹cri› ", "‹ts› ", "[‹clock›] "])) + text
            yield group, kind, text

    def tongues(self):
        for line in TONGUES.strip().splitlines():
            tongue, words = line.split(" ", 1)
            for _ in range(3):
                word = self.r.choice(words.split(","))
                word = self.r.choice([word, word, word.title(), word.upper(), word.replace(" ", "_")])
                yield "tongue", tongue, self.expand(self.r.choice(TONGUE_CARRIERS).replace("‹W›", word))

    def cut(self):
        r = self.r
        jwt, word, ts = r.p_jwt(), r.chars(CLASSES["n"], 40), r.p_nano()
        token = r.choice([r.p_ghp(), "glpat-" + r.chars(CLASSES["n"], 20), "npm_" + r.chars(CLASSES["n"], 36), "sk_live_" + r.chars(CLASSES["n"], 24), r.fill("xoxb-‹d:12›-‹d:12›-‹n:24›")])
        at = r.randint(8, len(token) - 6)
        left, right = f"«{token[:at]}»", f"«{token[at:]}»"
        pem = self.pem().split("\n")
        head, end, body = pem[0], pem[-2], [f"«{line}»" for line in pem[1:-2]]
        key, parts = "\n".join(body), jwt.split(".")
        for kind, text in {
            "cri-partial": f"{ts} stdout P token is {left}\n{ts} stdout F {right} ok",
            "cri-partial-password": f"{ts} stdout P login with password=«{word[:18]}»\n{ts} stdout F «{word[18:]}» done",
            "wrapped-line": f"the token is {left}\n{right}\ndone",
            "wrapped-indent": f"token: {left}\n       {right}",
            "wrapped-backslash": f"TOKEN={left}\\\n{right}",
            "wrapped-quoted": f'token = "{left}"\n        "{right}"',
            "quoted-printable": f"token=3D{left}=\n{right}",
            "wrapped-cell": f"| token | {left} |\n|       | {right} |",
            "wrapped-json-log": f'{{"log":"token={left}","stream":"stdout"}}\n{{"log":"{right}\\n","stream":"stdout"}}',
            "wrapped-cr": f"token {left}\r\n{right}",
            "wrapped-plus": f"'{left}' + '{right}'",
            "yaml-wrapped": f'password: "«{word[:20]}»\\\n  «{word[20:]}»"',
            "jwt-truncated": f"token «{jwt[: len(parts[0]) + len(parts[1]) // 2]}»...",
            "jwt-truncated-signature": f"jwt=«{jwt[:-20]}»…",
            "jwt-unsigned": f"bearer «{parts[0]}.{parts[1]}»",
            "jwt-headerless": f"claims «{parts[1]}.{parts[2]}»",
            "jwt-payload": f"payload=«{parts[1]}»",
            "jwt-cri": f"{ts} stderr P Authorization: Bearer «{jwt[:60]}»\n{ts} stderr F «{jwt[60:]}»",
            "token-truncated": f"using key «{token[: max(16, len(token) - 8)]}»...",
            "pem": f"{head}\n{key}\n{end}",
            "pem-no-begin": f"{key}\n{end}",
            "pem-no-end": f"{head}\n{key}",
            "pem-escaped": '{"key":"' + "\\n".join([head, *body, end]) + '\\n"}',
            "pem-one-line": " ".join([head, *body, end]),
            "pem-indented": "tls.key: |\n" + "\n".join("  " + line for line in [head, *body, end]),
            "pem-log-prefixed": "\n".join(f"{ts} stdout F {line}" for line in [head, *body, end]),
            "pem-env": "TLS_KEY=" + "\\n".join([head, *body, end]),
            "pem-escaped-twice": '{"log":"key ' + "\\\\n".join([head, *body, end]) + '"}',
            "pgp": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{key}\n-----END PGP PRIVATE KEY BLOCK-----",
            "putty": f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: {len(body)}\n{key}\nPrivate-MAC: ‹h:64›",
            "der-base64": f"key: «MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{b64(r.bytes(300))}»",
        }.items():
            yield "cut", kind, r.fill(text)

    def encoded(self):
        r = self.r

        def quote(text):
            return urllib.parse.quote(text, safe="")

        def octets(pattern):
            return lambda text: "".join(pattern % byte for byte in text.encode())

        codes = {
            "base64": b64, "base64url": lambda s: b64(s, True, False), "base64-offset": lambda s: b64("x" * r.randint(1, 5) + " " + s),
            "base64-of-json": lambda s: b64(json.dumps({"v": s})), "base64-twice": lambda s: b64(b64(s)), "base64-of-percent": lambda s: b64(quote(s)),
            "base64-of-hex": lambda s: b64(s.encode().hex()), "hex-of-base64": lambda s: b64(s).encode().hex(), "percent-of-base64": lambda s: quote(b64(s)),
            "hex": octets("%02x"), "hex-upper": octets("%02X"), "percent": quote, "percent-all": octets("%%%02X"), "percent-twice": lambda s: quote(quote(s)),
            "html": octets("&#%d;"), "html-hex": octets("&#x%x;"), "unicode": octets("\\u%04x"), "backslash-x": octets("\\x%02x"), "octal": octets("\\%03o"),
            "gzip-base64": lambda s: b64(gzip.compress((s + "\n" + r.p_phrase()).encode(), mtime=0)), "utf16-base64": lambda s: b64(s.encode("utf-16-le")),
            "decimal-bytes": lambda s: " ".join(str(b) for b in s.encode()), "decimal-array": lambda s: ", ".join(str(b) for b in s.encode()), "hexdump": lambda s: s.encode().hex(" "),
            "base64-lines": lambda s: "\n".join(re.findall(".{1,60}", b64("config:\n  user: app\n  host: db\n  " + s + "\nmore: settings of the application"))),
            "helm-release": lambda s: b64(b64(gzip.compress(json.dumps({"name": "shop", "config": {"db": s}, "manifest": r.p_phrase()}).encode(), mtime=0))),
        }
        for kind, code in codes.items():
            plain = r.chars(CLASSES["n"], 16, 30)
            inner = r.choice([f"password={plain}", f'{{"api_key":"{plain}"}}', f"DB_PASSWORD={plain}", r.p_ghp(), f"postgres://app:{plain}@db/x", "AKIA" + r.chars(CLASSES["5"], 16), f"token: {plain}", "glpat-" + r.chars(CLASSES["n"], 20), f"Authorization: Bearer {plain}{plain}"])
            outer, value = code(inner), code(plain)
            if kind == "base64-lines":
                shown = "\n".join(f"«{line}»" for line in outer.split("\n"))
            elif plain in inner and not kind.startswith(("base64", "gzip", "utf16", "helm", "hex-of", "percent-of")) and value in outer:
                # Where the encoding keeps name and value apart, only the value need go.
                shown = outer.replace(value, f"«{value}»")
            else:
                shown = f"«{outer}»"
            carriers = ["payload \x01", "‹ts› INFO decoded from \x01 ok", "body=\x01", "\x01", "‹cri› got \x01", "  blob: \x01"] + ([] if "\n" in shown else ['{"data":"\x01"}'])
            if kind.startswith("decimal"):
                carriers = ["payload [\x01]", '{"data":[\x01]}']
            yield "encoded", kind, r.fill(r.choice(carriers)).replace("\x01", shown)

    def all(self):
        yield from self.written()
        yield from self.tongues()
        yield from self.cut()
        yield from self.encoded()
