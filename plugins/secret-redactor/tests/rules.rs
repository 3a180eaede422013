//! What each rule masks, and what stays readable. `«…»` marks what must be masked, exactly; tokens are expanded from templates.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod common;
use common::{check, detector, marked};
use secret_redactor::{Detector, Settings, catalogue, expand, find_all};

#[test]
fn every_provider_finds_its_example_and_not_its_near_miss() {
    let detector = detector();
    let numbers: Vec<String> = detector.rules().into_iter().map(|(id, _)| id).collect();
    for (id, _, example, near_miss) in catalogue() {
        let (Some(example), Some(near_miss)) = (example, near_miss) else { continue };
        let named =
            |text: &str| find_all(&detector, text.as_bytes(), false).iter().any(|f| numbers[f.rule as usize] == id);
        for text in [
            example.clone(),
            format!("got {example} from vault\n"),
            format!("{{\"v\":\"{example}\"}}"),
            format!("a={example},b=1\n"),
            format!("[{example}]"),
        ] {
            assert!(named(&text), "{id}: {text}");
        }
        assert!(!named(&format!("got {near_miss} here\n")), "{id}: {near_miss}");
    }
}

#[test]
fn values_of_secret_keys_are_masked_in_every_notation() {
    check(
        &[
            "password=«hunter2»",
            "level=info msg=\"db up\" db_password=«hunter2» user=bob",
            "{\"password\":\"«hunter2»\",\"user\":\"bob\"}",
            "{\"password\": \"«hun\\\"ter 2»\", \"n\": 1}",
            "msg=\"{\\\"password\\\":\\\"«hunter2»\\\",\\\"a\\\":1}\"",
            "\"{\\\\\\\"password\\\\\\\":\\\\\\\"«hunter2»\\\\\\\"}\"",
            "{\\u0022password\\u0022:\\u0022«hunter2»\\u0022}",
            "password: «hunter2»\n",
            "  password: \"«hunter2»\"\n",
            "spring.datasource.password=«hunter2»",
            "DB_PASSWORD=«hunter2»\nUSER=bob\n",
            "export PGPASSWORD='«hunter2»'",
            "GET /x?user=1&token=«{w24}»&page=2 HTTP/1.1",
            "Config{user='bob', password='«hunter2»', port=1}",
            "Config(user=bob, password=«hunter2», port=1)",
            "{'password': '«hunter2»'}",
            "{User:bob Password:«hunter2» Port:1}",
            "<password>«hunter2»</password>",
            "<entry key=\"db.password\">«hunter2»</entry>",
            "args: --password «hunter2» --user bob",
            "args: --db-password=«hunter2» --user bob",
            "[\"--password\",\"«hunter2»\"]",
            "api_key: «{h32}»\n",
            "X-Api-Key: «{w32}»",
            "client_secret=«{w20}~x»",
            "aws_secret_access_key = «{s40}»\n",
            "PIN=«4711»",
            "otp: «123456»",
            "contrase\u{f1}a: «hunter2»\n",
            "\u{5bc6}\u{7801}\u{ff1a}«hunter2»\n",
            "Server=db;User Id=sa;Password=«S3cr;et!»;Encrypt=true",
            "{\"name\":\"DB_PASSWORD\",\"value\":\"«hunter2»\"}",
            "{\"value\":\"«hunter2»\",\"name\":\"DB_PASSWORD\"}",
            "- name: DB_PASSWORD\n  value: «hunter2»\n- name: USER\n  value: bobby\n",
            "  \"name\": \"API_TOKEN\",\n  \"value\": \"«{w20}»\"\n",
        ],
        false,
    );
}

#[test]
fn headers_urls_and_statements_are_masked() {
    check(
        &[
            "Authorization: Bearer «{b40}»",
            "\"Authorization\": \"Bearer «{b40}»\"",
            "authorization: Basic «dXNlcjpodW50ZXIy»",
            "curl -H 'Authorization: token «{h40}»' http://x",
            "Cookie: sid=«{w24}»; theme=dark",
            "Set-Cookie: session=«{w32}»; Path=/; HttpOnly",
            "postgres://app:«hunter2»@db:5432/x",
            "redis://:«hunter2»@cache:6379",
            "https://«{w24}»@git.example.com/x.git",
            "dial app:«hunter2»@tcp(db:3306)/shop",
            "ALTER USER app WITH PASSWORD '«hunter2»';",
            "CREATE USER a IDENTIFIED BY '«hunter2»'",
            "requirepass «hunter2»",
            "machine git.example.com login bob password «hunter2»",
            "db.internal:5432:shop:app:«hunter2»",
            "curl -u bob:«hunter2» https://x",
            "sshpass -p «hunter2» ssh x",
            "the temporary password is «Xk29!fq»",
        ],
        false,
    );
}

#[test]
fn jwts_are_masked_whole_cut_or_headless() {
    let detector = detector();
    for text in [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.c2lnbmF0dXJlLW9mLW5vdGhpbmc",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ",
        "eyJzdWIiOiJib2IifQ.c2lnbmF0dXJlLW9mLW5vdGhpbmc",
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0..aXY0Nw.Y2lwaGVydGV4dA.dGFn",
    ] {
        assert_eq!(marked(&detector, &format!("t {text} x\n"), false), format!("t «{text}» x\n"));
    }
}

#[test]
fn what_is_no_secret_stays_readable() {
    check(
        &[
            "password=${DB_PASSWORD}",
            "password: \"<redacted>\"\n",
            "password=[redacted:password-assignment #7f3a] x",
            "password=*** user=bob",
            "token: null\n",
            "{\"password\":null,\"token\":true}",
            "valueFrom: {secretKeyRef: {name: db, key: password}}",
            "token: 123e4567-e89b-12d3-a456-426614174000\n",
            "{\"partitionKey\":\"123e4567-e89b-12d3-a456-426614174000\"}",
            "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
            "image: nginx@sha256:{h64}\n",
            "trace_id={h32} span_id={h16}",
            "resourceVersion: \"{d8}\"\n",
            "pod payments-7d9f8b6c5d-x2x9z restarted",
            "2026-11-24T10:00:00.123456Z stderr F starting",
            "I1124 10:00:09.123456       1 reflector.go:243] Listing and watching *v1.Secret from k8s.io/client-go/informers/factory.go:134",
            "\tat com.example.auth.PasswordResetTokenService.verify(PasswordResetTokenService.java:118)",
            "org.springframework.security.authentication.UsernamePasswordAuthenticationToken@{h8}",
            "http_requests_total{method=\"GET\",code=\"200\"} 1027",
            "GET /var/lib/kubelet/pods/123e4567-e89b-12d3-a456-426614174000/volumes/kubernetes.io~projected/kube-api-access-x2x9z",
            "see https://example.com/docs/Getting-Started-With-Kubernetes-V2#Install",
            "invalid password: incorrect credentials for user bob",
            "failed to refresh token: connection refused",
            "secret \"my-tls-secret\" not found in namespace default",
            "MountVolume.SetUp failed for volume \"token\" : secret \"default-token-x7k2p\" not found",
            "secretName: my-tls\n",
            "password_file=/run/secrets/db-password",
            "max_tokens=4096 tokens: 512 token_count=17",
            "password must be at least 8 characters",
            "Enter password for bob:",
            "msg=\"token expired\" key=user:1234 session_count=12",
            "SHA256:{s43} fingerprint",
            "note=VGhpcyBpcyBqdXN0IGEgcGxhaW4gc2VudGVuY2UgdG8gcmVhZA==",
            "etag: \"{w32}\"",
            "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{s60}",
            "author=bob passed=12 compass=north bypass=true authority=ca.example.com",
            "PWD=/root HOME=/root",
        ],
        false,
    );
}

#[test]
fn private_keys_are_masked_to_their_end_and_certificates_are_not() {
    check(
        &[
            "key:\n«-----BEGIN RSA PRIVATE KEY-----\n{s64}\n{s64}\n{s20}==\n-----END RSA PRIVATE KEY-----»\nnext line\n",
            "{\"key\":\"«-----BEGIN PRIVATE KEY-----\\n{s64}\\n-----END PRIVATE KEY-----»\\n\",\"a\":1}\n",
            "-----BEGIN CERTIFICATE-----\n{s64}\n{s64}\n-----END CERTIFICATE-----\nnext\n",
            "«-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE{s50}\n{s64}»",
        ],
        false,
    );
}

#[test]
fn an_allowed_block_frees_nothing_but_random_text() {
    check(
        &["-----BEGIN CERTIFICATE-----\npassword=«hunter2»\n", "password=\"«-----BEGIN CERTIFICATE-----hunter2»\"\n"],
        false,
    );
}

#[test]
fn the_data_of_a_secret_is_masked_under_neutral_keys() {
    check(
        &[
            "apiVersion: v1\ndata:\n  user: «aHVudGVyMg==»\n  other: «c3dvcmRmaXNo»\nkind: Secret\n",
            "kind: Secret\nstringData:\n  user: «hunter2»\n  text: |\n    «line one»\n    «line two»\ntype: Opaque\n",
            "kind: ConfigMap\ndata:\n  mode: disabled\n  level: debug\n",
            "{\"kind\":\"Secret\",\"data\":{\"user\":\"«aHVudGVyMg==»\",\"b\":\"«/+8=»\"}}",
        ],
        false,
    );
}

#[test]
fn scalars_are_masked_by_their_pointer() {
    check(
        &[
            "/kind: Pod\n/spec/containers/0/env/3/name: DB_PASSWORD\n/spec/containers/0/env/3/value: «hunter2 with blanks»\n/spec/x: 1\n",
            "/config/password: «two words\n  and a line»\n/config/port: 1\n",
            "/metadata/annotations/note: password=«hunter2»\n",
            "/apiVersion: v1\n/kind: Secret\n/metadata/name: db\n/data/any: «aHVudGVyMg==»\n/type: Opaque\n",
            "/spec/tls/secretName: my-tls\n/spec/token: ${TOKEN}\n",
        ],
        true,
    );
}

#[test]
fn what_hides_a_secret_does_not_hide_it() {
    check(
        &[
            "pass\u{1b}[1mword\u{1b}[0m=«hun\u{1b}[31mter2»\u{1b}[0m x",
            "pass\u{200b}word=«hunter2»",
            "token=«ghp_{w10}\u{200b}{w26}» x",
            "\u{1b}[32mINFO\u{1b}[0m password\u{1b}[0m=\u{1b}[36m«hunter2»\u{1b}[0m",
        ],
        false,
    );
}

#[test]
fn a_word_of_an_allow_shape_inside_a_secret_frees_nothing() {
    check(
        &[
            "password=«false-hunter2-null»",
            "password=«${X}hunter2»",
            "password=«<redacted>hunter2»",
            "password=«examplehunter2»",
            "password=«[redacted:jwt]hunter2»",
            "password=«123e4567-e89b-12d3-a456-426614174000x»",
            "token=«sha256:hunter2Xk9»",
        ],
        false,
    );
}

#[test]
fn what_programs_say_about_secrets_stays_readable() {
    check(
        &[
            "      annotations:\n        checksum/secret: {h64}",
            "--- PASS: TestPasswordReset (0.05s)\nPASS: TestTokenRefresh (1.2s)\nPASS: src/token.test.ts",
            "password = getPassword(\ntoken := os.Getenv(\"X\")\nthis.secretKey = secretKey;",
            "pub password: Option<SecretString>,\n    pass: *const ::std::os::raw::c_char,",
            "x_password: Field Required\nclient_secret: Cannot Be Empty\npassword: Must contain 8 characters",
            "kubernetes_secret.pepper: Modifying... [id=shop/cart]\nrandom_password.db: Creation complete after 0s",
            "token=ENC[...] --password=(not set) password: (sensitive value) Credentials=[PROTECTED], x",
            "existingSecret: shop-postgresql\nImage pull secrets:  rabbitmq-regcred",
            "\"password=\" + value + \"&x=\"",
            "pam_unix(passwd:chauthtok): password changed for carol",
            "{\"metadata\":{\"name\":\"reviews-4jn2gdfnt-hhdjp\"}}",
            "authorization: scheme=Bearer realm=\"registry.example.com\"",
            "GET /images/{w34}.webp HTTP/1.1",
            "  mac: ENC[AES256_GCM,data:{s86}==,iv:{s43}=,tag:{s22}==,type:str]",
            "export PASSWORD=$(kubectl get secret x -o jsonpath=\"{.data.p}\" | base64 -d)",
            "Setting up passwd (1:4.13+dfsg1-4ubuntu3.2) ...",
            "attempting to renew token: accessor={w24} error=\"not found\"",
            "nextPageToken={b40} next token: {b40}\ngclid={b60} code_challenge={b43}",
            "    nginx.ingress.kubernetes.io/auth-secret: basic-auth",
            "Passwortrichtlinie: Mindestlänge 12, Sonderzeichen erforderlich\nSchlüssel=165709",
            "Key (token_hash)=({h64}) already exists. (token for project {h32})",
            "|1|{s27}=|{s27}= ssh-ed25519 x\nDigest: SHA-256={s43}=\nr={s32},s={s22}==,i=4096",
            "\"client_secret\": \"***REDACTED***\"",
        ],
        false,
    );
}

#[test]
fn a_shape_of_code_or_prose_around_a_secret_frees_nothing() {
    check(
        &[
            "password=«changeme123»",
            "password=«getPassword8fKq2LmZ0vWk»",
            "password=«getPassword(8fKq2LmZ0vWkTb)»",
            "password=«hunter2»;",
            "const password = «8fKq2LmZ0vWkTbQ5»;",
            "PASS: «hunter2»",
            "PASS: «Tr0ub4dor»",
            "checksum/secret: «hunter2hunter2»",
            "password: «correct» horse battery staple",
            "password=«ENC[hunter2]x»",
            "password=«(hunter2)»",
            "existingSecret: «8fKq2LmZ0vWkTb»",
            "token=«my.Password1!»",
        ],
        false,
    );
}

#[test]
fn random_tokens_are_masked_without_any_key() {
    let detector = detector();
    let mut seed = 99;
    let mut found = 0;
    for i in 0..400 {
        let token = expand(["{w24}", "{w32}", "{s40}", "{b43}"][i % 4], &mut seed);
        found += usize::from(!find_all(&detector, format!("got {token} from it\n").as_bytes(), false).is_empty());
    }
    assert!(found >= 372, "{found} of 400");
}

#[test]
fn operators_add_patterns_keys_and_shapes() {
    let settings: Settings = serde_json::from_str(
        r#"{"patterns":[{"id":"acme","regex":"acme_[a-z]{8}"},{"id":"odd","regex":"[0-9]{4}:[a-z]{4}"}],"keys":["flavour"],"allow":["demo-[0-9]+"],"disabled_rules":["url-credentials"]}"#,
    )
    .unwrap();
    let detector = Detector::new(settings.compile().unwrap()).unwrap();
    for case in [
        "x «acme_abcdefgh» y",
        "xacme_abcdefghi",
        "flavour=«mint-and-lemon»",
        "password=demo-17 a",
        "password=«demo-17x»",
        "redis://:hunter2@cache",
        "a «1234:abcd» b",
    ] {
        assert_eq!(marked(&detector, &case.replace(['«', '»'], ""), false), case);
    }
}

/// Settings with these exact values, hashed as the host hashes them.
fn with_values(values: &[&str]) -> Result<Detector, String> {
    use siphasher::sip128::{Hasher128, SipHasher24};
    use std::hash::Hasher;
    let hash = |value: &str| {
        let mut hasher = SipHasher24::new_with_key(&0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0_u128.to_be_bytes());
        hasher.write(value.as_bytes());
        format!("\"{}:{:032x}\"", value.len(), hasher.finish128().as_u128())
    };
    let list = values.iter().map(|v| hash(v)).collect::<Vec<_>>().join(",");
    let json = format!("{{\"values\":[{list}],\"values_key\":\"0f1e2d3c4b5a69788796a5b4c3d2e1f0\"}}");
    serde_json::from_str::<Settings>(&json).map_err(|e| e.to_string())?.compile().and_then(Detector::new)
}

#[test]
fn exact_values_are_masked_wherever_they_stand_and_nothing_like_them() {
    let detector = with_values(&["correct horse", "blue-lagoon", "!wombat!"]).unwrap();
    for case in [
        "the parrot said «blue-lagoon» twice",
        "«correct horse»",
        "{\"motto\":\"«correct horse»\"}",
        "x=«blue-lagoon»&y=1 (see «!wombat!»)",
        "blue-lagoons xblue-lagoon blue-lagoo correct-horse wombat",
        "https://shop.example.com/«blue-lagoon»/3",
        "a \u{200b}«blue-lag\u{200b}oon»",
        "payload «eyJub3RlIjoiYmx1ZS1sYWdvb24ifQ==» end",
    ] {
        assert_eq!(marked(&detector, &case.replace(['«', '»'], ""), false), case);
    }
    assert_eq!(marked(&detector, "/note: blue-lagoon\n", true), "/note: «blue-lagoon»\n");
}

#[test]
fn hashes_without_their_key_or_out_of_form_are_refused() {
    let refused = |json: &str| serde_json::from_str::<Settings>(json).unwrap().compile().unwrap_err();
    let hash = "0".repeat(32);
    assert!(refused(&format!("{{\"values\":[\"8:{hash}\"]}}")).contains("redaction.values_key_file"));
    for values in [format!("5:{hash}"), format!("257:{hash}"), "8:00".to_owned(), format!("hunter2x:{hash}")] {
        let error = refused(&format!("{{\"values\":[\"{values}\"],\"values_key\":\"{hash}\"}}"));
        assert!(error.contains("values[0]"), "{error}");
    }
    assert!(refused(&format!("{{\"values\":[\"8:{hash}\"],\"values_key\":\"x\"}}")).contains("values_key"));
}

#[test]
fn keys_in_other_languages_are_keys() {
    check(
        &[
            "mot de passe : «hunter2»",
            "MOT_DE_PASSE=«hunter2»",
            "\u{41f}\u{410}\u{420}\u{41e}\u{41b}\u{42c}: «hunter2» \u{434}\u{430}\u{43b}\u{435}\u{435}",
            "das Passwort f\u{fc}r bob lautet «hunter2x».",
            "contrase\u{f1}a de acceso = «hunter2»",
            "\u{5bc6}\u{7801}\u{ff1a}«hunter2»",
            "\u{30d1}\u{30b9}\u{30ef}\u{30fc}\u{30c9}\u{306f}\u{300c}«hunter2»\u{300d}\u{3067}\u{3059}",
            "\u{5bc6}\u{7801}\u{4e3a} «hunter2x»",
            "Passwort: falsch, mot de passe : obligatoire, \u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}: \u{43d}\u{435}\u{432}\u{435}\u{440}\u{43d}\u{44b}\u{439}",
            "la clave est\u{e1} en el libro y el jeton reste valable",
            "\u{432}\u{43a}\u{43b}\u{44e}\u{447}\u{438}\u{442}\u{44c}: 12 \u{440}\u{430}\u{437}",
        ],
        false,
    );
}

#[test]
fn secrets_at_known_places_are_masked() {
    check(
        &[
            "db.auth(\"app\", \"«hunter2»\")",
            "mysqli_connect(\"db\", \"app\", \"«hunter2»\", \"shop\")",
            "echo «hunter2» | docker login -u bot --password-stdin",
            "echo 'bob:«hunter2»' | chpasswd",
            "use «hunter2x» as the password",
            "setx API_KEY \"«hunter2x»\"",
            "let apiKey: String = \"«hunter2x»\"",
            "  ~ password = \"«hunter2»\" -> \"«hunter3»\"",
            "userPassword:: «aHVudGVyMg==»",
            "password(«hunter2x»)",
            "getPassword(hunter2x) validateToken(user12345)",
            "{\"passwords\":[\"«hunter2»\",\"«hunter3»\"]}",
            "&Secret{Data:map[string][]byte{main: [«104 117 110»],},Type:Opaque,}",
            "&lt;password&gt;«hunter2»&lt;/password&gt;",
            "https://app.example.com/invite?key=«{h32}»",
            "https://app.example.com/list?key=name",
            "echo hello | docker build -",
        ],
        false,
    );
}

#[test]
fn cut_and_joined_tokens_are_masked_on_both_sides() {
    check(
        &[
            "'«ghp_{w12}»' + '«{w24}»'",
            "token = \"«ghp_{w16}»\"\n        \"«{w20}»\"\nend",
            "| token | «glpat-{w9}» |\n|       | «{w11}» |\n",
            "using key «glpat-{w11}7»...",
            "npm_config_cache...",
            "payload [«112, 97, 115, 115, 119, 111, 114, 100, 61, 104, 117, 110, 116, 101, 114, 50»]",
            "sizes [112, 97, 115, 115, 119, 111, 114, 100, 32, 105, 115, 32, 111, 107]",
        ],
        false,
    );
}

#[test]
fn a_token_is_masked_whole_with_the_parts_that_signs_join() {
    check(
        &[
            "got «hawk.{b20}.{b20}» now",
            "GET https://hooks.example.com/webhook/«q7Zp0xW9vK3jT8bR2mYsX4kL» 200",
            "see https://hook.eu1.make.com/«{l32}»",
            "api-access-x2x9z\n",
        ],
        false,
    );
}

#[test]
fn secrets_beside_their_usual_places_are_masked() {
    check(
        &[
            "GET /v2/?key=«{h32}» HTTP/1.1",
            "cql -u cassandra -p «hunter2X9»",
            "curl -E client.pem:«hunter2X9» https://x",
            "ALTER LOGIN sa WITH PASSWORD=N'«hunter2X9»';",
            "Unseal Key 3: «{h66}»",
            "Please use the passphrase \"«correct horse battery staple»\"",
            "2FA backup codes: «66bbaea4 b6b4552b c9b1d239»\n",
            "DB_PASSWORD:\n----\n«hunter2X9»\n",
            "{\"type\":\"random_password\",\"length\":9,\"result\":\"«hunter2X9»\"}",
            "cmdkey /add:srv /user:bob /password:«hunter2X9»",
            "SMTP_PASSWORD=«abcd efgh xkqj zqwv»\nUSER=bob\n",
            "Application password: «Ikcz JXmD o4zs C3bo BepL BTRd»\n",
            "app password «ynpx-vibw-nbhp-bvhu» for bob",
            "Recovery codes: «5rogq-9av79 scxx8-kgmas»\n",
            "const password = process.env.PASS || '«hunter2X9»';",
            "Authorization: HMAC-SHA256 «{s40}»",
            "{\"password\":{\"type\":\"string\",\"value\":\"«hunter2X9»\"}}",
            "{\"key\":\"db.password\",\"value\":{\"stringValue\":\"«hunter2X9»\"}}",
            "Property: app.db.password\n    Value: \"«hunter2X9»\"\n",
            "<dt>API Key</dt><dd><code>«hunter2X9q»</code></dd>",
            "Secret(\"«hunter2X9»\")",
            "password (\"«hunter2X9»\") does not match",
            "\"dsn\":\"postgres:\\/\\/app:«hunter2X9»@db:5432\\/x\"",
            "ALTER USER app IDENTIFIED BY «hunter2X9» REPLACE «hunter1X8»;",
            "INSERT INTO u(id,passwd,at) VALUES (1,'«hunter2X9»',now()),(2,'«hunter3X9»',now());",
            "sentinel auth-pass mymaster «hunter2X9»",
            "vault write auth/approle/login role_id=123e4567-e89b-12d3-a456-426614174000 secret_id=«123e4567-e89b-12d3-a456-426614174001»",
            "echo -n \"«hunter2X9»\" | gcloud secrets create db --data-file=-",
            "aws secretsmanager create-secret --name db --secret-string \"«hunter2X9»\"",
            "send \"«hunter2X9»\\r\"",
            "[\"mysql\", \"-uroot\", \"-p«hunter2X9»\"]",
            "API token \u{2014} «hunter2X9»",
            "kubectl get secret db -o jsonpath='{.data.password}' | base64 -d\n«x1eyGeip3fUw»\n",
            "\u{2502} token \u{2502} «glpat-rezydLS8jE» \u{2502}\n\u{2502}       \u{2502} «jBVqclZZ3A»      \u{2502}\n",
            "{\"card_number\":\"«4111111111111111»\"}",
            "creditCardNumber: «5500 0000 0000 0004» exp 12/30",
            "Password:          «hunter2x9»",
            "DB_PASSWORD:              «hunter2x9»\n",
            "  api_token            = \"«hunter2x9a»\"\n",
            "+ client_secret        = \"«hunter2x9a»\"",
            "    Command:\n      /bin/app\n      -db-password\n      «hunter2x9»\n",
            "/app/server --borg-secret-key=«b0XxqlR0Np5GN» --verbose",
            "API Key:            «hunter2x9abc»\n",
            "rabbitmq-erlang-cookie: «hunter2x9ABCDEF12»\n",
            "SecretID:         «123e4567-e89b-12d3-a456-426614174001»\n",
            "GET /confirm?x=1&token=«123e4567-e89b-12d3-a456-426614174001» HTTP/1.1",
            "X-Gladia-Key: «123e4567-e89b-12d3-a456-426614174001»",
            "smtppass = «hunter2x9»",
            "rejected «IST.eyJ{b40}.eyJ{b40}.{b40}»",
        ],
        false,
    );
}

#[test]
fn what_looks_like_those_stays_readable() {
    check(
        &[
            "secret_id=123e4567-e89b-12d3-a456-426614174001 rotated",
            "twilio: SM{h32} delivered",
            "registry/team/secrets:v1.2.3 pulled",
            "Password: must have four long words\n",
            "kubectl get secret db -o yaml | base64 -d\n{\"level\":\"info\",\"tokens\":3}\n",
            "$ argocd admin initial-password -n argocd\nerror: connection refused\n",
            "API token \u{2014} required for writes",
            "Secret(\"payments-tls\")",
            "const password = process.env.PASS || '';",
            "card_number=4111111111111112 credit_card=17",
            "using ghp_exampleexampleexampleexampleexampleexam here",
            "the trait bound `SecretKey: Clone` is not satisfied",
            "      -> http.request.header.authorization: Slice([\"****\"])",
            "SECRET      TOKEN       AGE\nmy-tls      none        3d\n",
            "    Secret:      my-tls\n    Token:       <none>\n    Key:        tls.crt\n",
            "X-Idempotency-Key: 123e4567-e89b-12d3-a456-426614174001",
            "Permission denied (publickey,password,keyboard-interactive).\ngoroutine 7: f(0xc000, {0x1400, 0x20})\n",
            "alias=_androidx_security_master_key_\nprojects/acme-prod/secrets/media-db/versions/9\n",
            "primary key: orders_pkey\npublic key:     ssh-ed25519 x\nthe key:    value1234\n",
            "task_id=1 disk_usage=2 tl_x tk_y rak_z",
        ],
        false,
    );
}

/// Base64 as `base64` wraps it.
fn wrapped_base64(text: &str, width: usize) -> Vec<String> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let encoded: String = text
        .as_bytes()
        .chunks(3)
        .flat_map(|c| {
            let bits = c.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - c.len()));
            (0..4)
                .map(move |i| if i > c.len() { '=' } else { char::from(DIGITS[(bits >> (18 - 6 * i) & 63) as usize]) })
        })
        .collect();
    encoded.as_bytes().chunks(width).map(|c| String::from_utf8_lossy(c).into_owned()).collect()
}

#[test]
fn wrapped_base64_is_decoded_as_one_and_masked_line_by_line() {
    let detector = detector();
    let filler = "server:\n  listen: 0.0.0.0:8080\n  workers: 4\n  region: eu-west-1\n";
    let secret = format!("{filler}database:\n  password: hunter2-Tr0ub\n{filler}");
    for width in [60, 64, 76] {
        for (text, masked) in [(&secret, true), (&format!("{filler}{filler}"), false)] {
            let lines = wrapped_base64(text, width);
            let joined = |mark: bool, between: &str| {
                let marked = |line: &String| if mark { format!("«{line}»") } else { line.clone() };
                lines.iter().map(marked).collect::<Vec<_>>().join(between)
            };
            let shown = |mark: bool| format!("cfg:\n  {}\nnext: line\n", joined(mark, "\n  "));
            assert_eq!(marked(&detector, &shown(false), false), shown(masked), "{width}");
            // Behind a key.
            let keyed = |mark: bool| shown(mark).replace("cfg:\n  ", "cfg: ");
            assert_eq!(marked(&detector, &keyed(false), false), keyed(masked), "{width}, behind a key");
            // At the stream's end without a break.
            assert_eq!(marked(&detector, &joined(false, "\n"), false), joined(masked, "\n"), "{width}, at the end");
        }
    }
}

#[test]
fn lines_behind_a_token_stay_lines_of_their_own() {
    check(
        &[
            "tok «AKIA{u16}»\nOutOfMemoryKilledNow\nafter",
            "tok «ghp_{w36}»\nNodeNotReady\nafter",
            "see «ghp_{w36}»\nweb-7d9f8b6c5d-x2x9z\nweb-7d9f8b6c5d-q8k2m\n",
            "at «AKIA{u16}»\n20261124T101112Z\nafter",
            "jwt «eyJhbGciOiJIUzI1NiJ9.eyJ{b30}.{b43}»\nNullPointerException\nafter",
            "first «AKIA{u16}»\n«ghp_{w36}»\n",
        ],
        false,
    );
}

#[test]
fn what_stands_around_a_value_tells_it() {
    check(
        &[
            // Defaults of expressions, and names in other places than before a sign.
            "getenv('ACME_TOKEN') ?: '«{h40}»'",
            "{{ env \"acme.api.key\" | default \"«{h40}»\" }}",
            "$ACME_API_KEY .= \"«{w24}»\";",
            "DB_PASSWORD ?= «hunter2»",
            "acme_api_key:::=«{h40}»",
            "|acme_secret_key|«{h40}»|",
            "SentryClient(\"«{h64}»\")",
            "\"algolia\": {\"key\": \"«{h32}»\"}",
            "API_TOKEN («{w24}»)",
            "<b>Password:</b> «hunter22x»<br>",
            "name: ACME_TOKEN\nvalue: >-\n  «{h40}»\n",
            "    password: Some(\n        \"«hunter22x»\",\n    ),",
            "--set env[0].name=DB_PASSWORD --set env[0].value=«hunter2»",
            "args: [--token, «{h40}», --verbose]",
            "[\"-u\", \"admin\", \"-p\", \"«hunter22x»\"]",
            "$ cat /run/secrets/db_password\n«hunter22x»\n",
            "&Secret{Data:map[string][]byte{},StringData:map[string]string{y: «hunter22»,},Type:Opaque,}",
            // A UUID where nothing but a credential would be one.
            "ACME_TOKEN=«{h8}-{h4}-4{h3}-8{h3}-{h12}»",
            "consul members -token=«{h8}-{h4}-4{h3}-8{h3}-{h12}»",
            "using postmark token: «{h8}-{h4}-4{h3}-8{h3}-{h12}»",
            "acme_key=«aB3dE6gH9jK2mN5p»",
            "{\\x22password\\x22:\\x22«hunter2»\\x22,\\x22n\\x22:1}",
            "PIN code: «783661»",
            "password::«q7Zp0xW9vK3jT8b»",
        ],
        false,
    );
}

#[test]
fn ids_keys_for_everybody_and_ciphers_work_stay_readable() {
    check(
        &[
            "{\"msg\":\"synced\",\"secretKey\":\"db/password\"}",
            "node id [Tf14TPVCG147U0_6yRwIlT] cluster uuid [s6BFHxvNqeyBwwzGS1RfsK]",
            "message id <hBtkfWb7nYujWjg3jJSv.DmI6LkII@mail.example.com> queued",
            "x-goog-hash: crc32c=8pCSoX==,md5=kMuw2lGVaHu4R5NpNAfaIX==",
            "Route53 zone /hostedzone/ZG7RMVZ6CJS2YUHII27A1 record shop.example.com",
            "x-served-by: cache-fra-2p96z12a7qnj-FRA",
            "peer public key: 0fhU88vA0QSquU5Rvcb3xFApzrc4u9R7NQIS40s1j5f=",
            "lease_id           database/creds/readonly/8IdNviEsoZtV4S0IZn30KnmR",
            "password: ENC(4Pwgpi8Xm0zJCGldlZT3zGTx)",
            "password: (unchanged)",
            "password: <%= ENV['DB_PASSWORD'] %>",
            "Replace <PASSWORD> and <TOKEN> with your own values.",
            "request took extended=hvHI87xPE77Iu7ThZXZ7xP0f81TzACAJj4rt0fOFdKAVLQP8ilnZ7oQC78WR3BWvuZjBxPA=\n2026-05-20 03:45:01 INFO x",
            "CORRELATION_TOKEN={h8}-{h4}-4{h3}-8{h3}-{h12}",
            "            .try_fold(document, |target, token| token.step(target))",
            "community documentation: see the community portal",
            "{\"kty\":\"RSA\",\"kid\":\"a\",\"n\":\"{b342}\",\"e\":\"AQAB\"}",
            "caps MIIEZDCCA0ygAwIBAgIUVXGlXjNENtOZbI12epjg{s80}",
        ],
        false,
    );
}
