//! Secrets that rows, messages, commands and lines of a known form hold, and what looks like those. `«…»` marks what must be masked.
mod common;
use common::check;

#[test]
fn words_elsewhere_on_a_line_tell_a_secret() {
    check(
        &[
            "spec.auth.password: Invalid type. Given: \"«hunter22x»\", expected: object",
            "cannot unmarshal \"«hunter22x»\" into Go value for key \"password\" of X",
            "env DB_PASSWORD must be a reference, got \"«hunter22x»\"",
            "expected \"v2\", got \"v3x\" for field name",
            "{\"name\":\"password\",\"type\":\"string\",\"default\":\"«hunter22x»\"}",
            "{\"name\":\"host\",\"type\":\"string\",\"default\":\"db01.internal\"}",
            "page.fill('#password', '«hunter22x»')",
            "locator.fill(\"«hunter22x»\") on getByLabel('Password')",
            "locator.fill(\"hunter22x\") on getByLabel('Search')",
            "Typing text '«hunter22x»' into text field 'id:password'.",
            "##vso[task.setvariable variable=dbPassword;issecret=true]«hunter22x»",
            "##vso[task.setvariable variable=buildNumber]20260412.3",
            "may not be set; {DB_PASS «hunter22x» &EnvVarSource{}}",
            "{\"admin_password\":{\"sensitive\":true,\"type\":\"string\",\"value\":\"«hunter22x»\"}}",
            "APP_KEYS=\"«{w22}==,{w22}==»\"",
        ],
        false,
    );
}

#[test]
fn rows_of_known_files_hold_secrets() {
    check(
        &[
            "«{h32}»,ci,12,\"system:masters\"",
            "2026-04-12,ci,12,\"system:masters\"",
            "ann * \"«hunter22x»\" *",
            "total = 2 * \"hunter22x\"",
            "ann:1001:aad3b435b51404eeaad3b435b51404ee:«{h32}»:::",
            "[mail.example.com]:587 ann@example.com:«hunter22x»",
            "user = \"ann:«hunter22x»\"",
            "user = \"1000:1000\"",
            "  allow ann:\"«hunter22x»\"",
            "rule 7 will allow tcp:port8080x",
            "$USER7$=«hunter22x»",
            "$USER1$=/usr/lib/nagios/plugins",
            "ann:{PLAIN}«hunter22x»:5000:5000::/home/x",
            "const TicketSalt = \"«{h40}»\"",
            "Secret ID    = «{h8}-{h4}-4{h3}-8{h3}-{h12}»",
            "| db_password   | «hunter22x» |",
            "| secret        | none       |",
            "remove the hardcoded secret «BLxcW71T1jvY3» from settings",
            "secret payments-db-x7k2p not found",
            "DB_PASSWORD,«hunter22x»",
            "DB_PASSWORD,DB_USER,MODE",
            "SetCredential=db: «hunter22x»",
            "use admin / «hunter22x» for the staging login",
            "/var/log/admin / 12 files",
            "app/«hunter22x»@ora:1521/ORCL",
            "user default on #«{h64}» ~* +@all",
            "posted on #deployments-of-2026",
            "PSK value mismatch",
            "encrypt = \"«{w22}==»\"",
            "encrypt = \"aes-256-gcm\"",
            "Enter this key: «6R3J EZ67 KCQ7 PLDX»",
            "seed: 1733856",
        ],
        false,
    );
}

#[test]
fn commands_take_secrets_after_options() {
    check(
        &[
            "lftp -u ann,«hunter22x» sftp://ftp.example.com -e 'mirror'",
            "sqlplus -S ann/«hunter22x»@//db:1521/X",
            "openssl dgst -sha256 -hmac '«hunter22x»' body.json",
            "winexe -U CORP/ann%«hunter22x» //host cmd",
            "radtest ann «hunter22x» 127.0.0.1 0 testing",
            "oathtool --totp -b «3QLCGHRYAW57IK5V»",
            "CONNECT TO SAMPLE USER ann USING «hunter22x»",
            "failed to connect to db01 using TLSv1.3",
            "printf '%s' '«hunter22x»' > /run/secrets/db_password",
            "tacacs-server host 10.1.2.3 key 7 «hunter22x»",
            "codecov -t «{h8}-{h4}-4{h3}-8{h3}-{h12}» -f cov.xml",
            "curl --user 'ann:«1AAu tyA6 uNL0 XIEt»' https://example.com",
        ],
        false,
    );
}

#[test]
fn numbers_of_bytes_are_read() {
    check(
        &[
            "SigningKey:[]uint8{«0x96, 0xef, 0xce, 0x10, 0x1f, 0x88, 0xcd, 0x68»}, Alg:\"HS256\"",
            "{ secret: <Buffer «96 c8 a4 2a 38 11 a5 f7» >, n: 1 }",
            "keypair: [«246,64,179,253,18,21,145,221»]",
            "{password,[«74,77,71,111,111,97,111,106»]}",
            "\"tokens\":[101,2003,17,4,99,12,8,4,1]",
            "String.fromCharCode(«105,84,76,50,84,120,107,119»)",
            "String.fromCharCode(104,101,108,108,111,115)",
            "0000000   p   w   d   =   «5   3   n   P   s»",
            "config=«MFYGSX3TMVRXEZLUHVLVMNRTJ5ITOODPMI======»",
            "ABCDEFGHIJKLMNOPQRSTUVWX===============",
        ],
        false,
    );
}

#[test]
fn lines_below_an_announcement_are_secrets() {
    check(
        &[
            "<auth-user-pass>\nann\n«hunter22x»\n</auth-user-pass>\n",
            "  list: |\n    ann:«hunter22x»\n    bob:RANDOM\n  expire: false\n",
            "Set the following 'random' passwords\n[ 70.1] cloud-init[7]: ann:«hunter22x»\n",
            "\"backupCodes\":[\"«qavwl5ztx0»\",\"«vdnxmbeojq»\"]",
            "Recovery codes:\n  «2c18c-4c6de»\n  «1ff00-c76c2»\nkeep them\n",
            "S: 334 UGFzc3dvcmQ6\nC: «YW5jaG9yVXJyR2ExYTht»\nS: 235 ok\n",
            "priv:\n    «68:41:24:a3»:\n    «60:42»\npub:\n    04:0d\n",
            "[upload-certs] Using certificate key:\n«{h64}»\n",
            "Recovery Password:\n  «374453-746563-666792-390893-555298-419377-391595-597423»\n",
            "$ vault kv get -field=password secret/x\n«hunter22x»\n",
            "$ openssl rand -base64 24\n«q7Zp0xW9vK/T8bR2mYsX4kLqWeRtYuI+»\n",
            "$ gcloud secrets versions access latest --secret=x\n«{h32}»\n",
            "$ terraform output -raw cluster_name\nproduction\n",
            "1) \"requirepass\"\n2) \"«hunter22x»\"\n",
            "<key>APIToken</key>\n<string>«{w24}»</string>\n",
            "status codes:\n  200 ok\n  404 none\n",
            "Password\nForgot it?\n",
            " id | reset_token\n----+------------\n  7 | «{h40}»\n",
        ],
        false,
    );
}

#[test]
fn notations_of_debuggers_and_languages_are_read() {
    check(
        &[
            "user=0x7ff \"ann\", passwd=0x7ff74ac38557 \"«hunter22x»\", db=0x0",
            " $ password: chr \"«hunter22x»\"",
            "password: Optional(\"«hunter22x»\")",
            "{ password | String = \"«hunter22x»\" }",
            "pw: &dbpass «hunter22x»",
            "dict set cfg password {«hunter22x»}",
            "m_password{\"«hunter22x»\"};",
            "Credentials(ann,«Hunter22xQ»)",
            "verify_password(user, 'hunter22x')",
            "password............: «hunter22x»",
            "api_key ~> «{w24}»",
            "<AdministratorPassword><Value>«hunter22x»</Value>",
            "AGORA_APP_CERTIFICATE=«{h32}»",
            "HMAC_SEC=\"«{w18}»\"",
            "TIMEOUT_SEC=1800000000",
            "p\u{430}ssword: «hunter22x»",
        ],
        false,
    );
}

#[test]
fn placeholders_and_public_keys_stay_readable() {
    check(
        &[
            "UPDATE users SET password = $1 WHERE id = $2",
            "\"password\":\"__vendor_redacted__\"",
            "hashed_password: \"**redacted**\"",
            "login(email: String!, password: String!): AuthPayload!",
            "Acme.Secrets, Version=1.0.0.0, PublicKeyToken={h16}",
            "\"hashed_secret\": \"{h40}\"",
            "<Label htmlFor=\"apiKey\">{t('settings.apiKey')}</Label>",
            "secret_string = jsonencode({ password = random_password.db.result })",
            "vault kv put secret/app password=@/tmp/password",
            "contract token=0x{h40}",
            "enode://{h128}@10.1.2.3:30303",
            "stripe: evt_{w24}",
            "Account \"ops\" public key AGMTYYASVAIEPA47TIEJZMS3ZD6N5R4DXO437E3DVYAT6ES3PUGMAPM7",
            "cache.example.org-1:{s43}=",
            "terraform: h1:{s43}=",
            "user ann entered the wrong password 7 times, account locked",
            "  - name: CIPHER\n    value: AES-256-GCM\n  - name: DB_PASSWORD\n    valueFrom: {}\n",
            "twilio message sid=SM{h32} status=delivered",
            "kubectl set image deployment/shop catalog=sealed-secrets:3cb22ed",
            "CREATE_COMPLETE | AWS::SecretsManager::Secret | DbSecret (DbSecretE30AE9FD)",
            "$ aws secretsmanager get-secret-value --secret-id x | jq .\ndata=eyJzdGF0dXMiOiJvayJ9\n",
            "node [euAEc4NMHfAr6RoQ05AZ_X] joined",
            "volume \"db-password\" : references non-existent secret key: password",
        ],
        false,
    );
}
