//! Words for password, secret, key, token and code in the languages of the world. Data only. Stems stand for what is inflected;
//! `foreign` reads on to the word's end. Blanks stand for underscores, too.

/// Words that can only be a password's: any value counts.
#[rustfmt::skip]
pub(crate) const PASSWORD_STEMS: &[&str] = &[
    // German, Dutch, Afrikaans, the Nordic languages
    "passwort", "passwörter", "kennwort", "kennwörter", "losungswort", "passphrase", "geheimnis", "geheimzahl", "zugangscode", "zugangskennwort",
    "wachtwoord", "wachtzin", "toegangscode", "inlogcode", "wagwoord", "lösenord", "lösenfras", "losenord", "åtkomstkod", "adgangskode", "kodeord", "adgangssætning",
    "passord", "tilgangskode", "passfrase", "salasana", "salalause", "tunnussana", "tunnusluku", "pääsykoodi", "lykilorð", "aðgangsorð",
    // Romance languages
    "mot de passe", "mots de passe", "motdepasse", "phrase de passe", "phrase secrète", "code secret", "code d'accès", "code d'acces", 
    "contraseña", "contrasena", "clave secreta", "clave de acceso", "clave privada", "palabra de paso", "código de acceso", "codigo de acceso", "frase de paso", "frase secreta", "contrasenya", "contrasinal",
    "senha", "palavra-passe", "palavra passe", "código secreto", "código de acesso", "codigo de acesso", "chave secreta", "chave privada", "parola d'ordine", "parola chiave", "parola d'accesso", "codice di accesso", "codice d'accesso",
    "codice segreto", "frase segreta", "parolă", "parola", "cod de acces", "pasahitz", "codi d'accés",
    // Slavic and Baltic languages, Hungarian, Estonian
    "hasło", "hasła", "haslo", "kod dostępu", "heslo", "hesla", "přístupový kód", "prístupový kód", "парол", "лозинк", "код доступа", "код доступу", "код за достъп", "кодовая фраза", "кодове слово",
    "пин-код", "пін-код", "lozinka", "lozinku", "zaporka", "šifra", "geslo", "slaptažod", "parool", "salasõna", "parole", "jelszó", "jelszav", "jelszo", "jelmondat", "hozzáférési kód", "fjalëkalim",
    // Greek, Turkish, Caucasus and Central Asia
    "κωδικ", "συνθηματικ", "φράση πρόσβασης", "şifre", "sifre", "şifrə", "erişim kodu", "gizli kod", "գաղտնաբառ", "პაროლ", "құпия сөз", "құпиясөз", "нууц үг", "maxfiy so",
    // Hebrew, Arabic, Persian, Urdu
    "סיסמ", "קוד גישה", "كلمة المرور", "كلمة السر", "كلمة مرور", "كلمة سر", "رمز المرور", "الرقم السري", "رمز عبور", "رمز ورود", "گذرواژه", "کلمه عبور", "کلمه‌عبور", "پاس ورڈ",
    // India and South-East Asia
    "पासवर्ड", "कूटशब्द", "पासफ़्रेज़", "পাসওয়ার্ড", "கடவுச்சொல்", "పాస్", "પાસવર્ડ", "ಪಾಸ್", "പാസ്", "ਪਾਸਵਰਡ", "මුරපදය", "รหัสผ่าน", "ລະຫັດຜ່ານ", "ពាក្យសម្ងាត់", "စကားဝှက်",
    "mật khẩu", "mat khau", "matkhau", "mã truy cập", "mã bí mật", "mã pin", "kata sandi", "kata laluan", "kode akses", "nenosiri", "neno la siri",
    // China, Japan, Korea
    "密码", "密碼", "口令", "暗号", "暗號", "通行码", "通行碼", "パスワード", "パスフレーズ", "パスコード", "暗証番号", "合言葉", "비밀번호", "암호", "패스워드", "인증번호", "የይለፍ ቃል",
];

/// Words that may as well be a door's key or a game's token: the value must look like a credential.
#[rustfmt::skip]
pub(crate) const KEY_STEMS: &[&str] = &[
    "schlüssel", "schluessel", "zugangsschlüssel", "zugriffsschlüssel", "geheimschlüssel", "zugriffstoken", "zugangstoken", "zugangsdaten", "anmeldedaten", "sleutel", "geheim", "toegangstoken", "inloggegevens", "nyckel", "åtkomsttoken", "nøgle", "nøkkel",
    "hemmelighed", "hemmelighet", "hemlighet", "avain", "clé", "cle secrete", "cle api", "cle privee", "cle d'acces", "jeton", "identifiants", "clave", "llave secreta", "llave privada", "llave de", "ficha de acceso",
    "credenciales", "credenciais", "credenziali", "secreto", "segredo", "chave", "token de acceso", "token de acesso", "token di accesso", "jeton d'accès", "chiave", "clau secreta", "clau api", "clau d", "clau privada",
    "cheie", "cheia", "gako sekretua", "klucz", "tajny klucz", "token dostępu", "dane logowania", "klíč", "kľúč", "tajný klíč", "tajný kľúč", "tajny klic", "přístupový", "prístupový", "tajemství",
    "ключ", "кључ", "клуч", "токен", "секрет", "таємн", "таен ключ", "тајни", "учетные данные", "учётные данные", "tajni ključ", "skrivni ključ", "ključ", "slepenā atslēga", "atslēga", "slaptas raktas", "raktas", "salajane võti",
    "kulcs", "κλειδ", "anahtar", "belirteç", "açar", "מפתח", "אסימון", "المفتاح", "مفتاح", "رمز الوصول", "رمز", "کلید", "कुंजी", "टोकन", "গোপন কী", "கீ", "รหัส", "คีย์", "โทเค็น", "กุญแจ",
    "khóa bí mật", "khoá bí mật", "khóa", "khoá", "mã thông báo", "kunci", "token akses", "sandi", "ufunguo",
    "密钥", "密鑰", "金鑰", "秘钥", "秘鑰", "秘密鍵", "秘密キー", "私钥", "私鑰", "令牌", "权杖", "權杖", "凭证", "憑證", "凭据", "验证码", "驗證碼", "トークン", "アクセスキー", "シークレット", "認証コード", "認証情報", "暗号鍵", "apiキー",
    "비밀키", "비밀 키", "토큰", "접근 키", "접근키", "액세스 키", "액세스키", "시크릿", "인증키", "인증 키", "개인키", "개인 키", "자격 증명", "자격증명", "api 키",
];

/// What may stand between such a word and its value in a sentence: to be, to read, to become, to be set to.
#[rustfmt::skip]
pub(crate) const COPULAS: &[&str] = &[
    "is", "was", "ist", "lautet", "lautete", "war", "heißt", "heisst", "wurde", "auf", "est", "était", "sera", "es", "era", "é", "eh", "è", "são", "jest", "to", "brzmi", "je", "bylo", "byl", "er", "är", "on", "var", "este",
    "adalah", "ialah", "là", "is:", "es:", "est:", "это", "есть", "теперь", "стал", "був", "є", "είναι", "هو", "هي", "است", "है", "คือ", "เป็น", "是", "为", "為", "は", "입니다", "yra", "ir", "olduğu", "az", "a", "si", "to:", "nu",
    "—", "–", "-", "mo", "ay", "neu", "neue", "neues", "new", "nueva", "nouveau", "nova", "novo", "nuova", "nowe", "nowy", "nové", "новый", "новий", "nytt", "ny", "nieuw", "nieuwe", "uusi", "új", "yeni",
];

/// After these a name stands, which is no secret.
#[rustfmt::skip]
pub(crate) const NAMING: &[&str] = &[
    "for", "für", "fuer", "von", "vom", "zum", "zur", "pour", "para", "por", "per", "de", "del", "du", "di", "do", "da", "des", "voor", "van", "för", "til", "till", "dla", "pro", "k", "ke", "для", "к", "от", "за", "untuk", "cho",
    "a", "la", "le", "el", "der", "die", "das", "den", "user", "benutzer", "usuario", "utente", "utilisateur", "usuário",
];

/// Ends of compounds that make the word something about passwords.
#[rustfmt::skip]
pub(crate) const ABOUT: &[&str] = &[
    "richtlinie", "richtlinien", "länge", "stärke", "regel", "regeln", "ablauf", "änderung", "wechsel", "rücksetzung", "feld", "datei", "pfad", "verwaltung", "prüfung", "abfrage", "rotation",
    "speicher", "typ", "art", "name", "bund", "beleid", "lengte", "sterkte", "wijziging", "bestand", "veld", "naam", "längd", "lengde", "længde", "politik", "policy", "regler",
];

/// What ends a key and begins its value in scripts without blanks.
pub(crate) const JOINTS: &[&str] =
    &["は", "是", "为", "為", "「", "『", "【", "を", "が", "이", "가", "은", "는", "：", "＝"];
