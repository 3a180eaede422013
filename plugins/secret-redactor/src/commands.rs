//! Secrets that commands take: after a short flag, glued to it, behind a user's name, or as the n-th word. One row a command.
use crate::{
    allow::{digits, harmless, object_name, uuid},
    detect::Detector,
    prose::is_password,
    site::{Mask, Site},
    table::number,
    text::{Until, is_blank, is_quote, reads, skip},
    value::value_at,
};

/// How a flag gives its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    /// The next word.
    Next,
    /// The rest of the word.
    Glued,
    /// Behind the user and a colon, in the next word or in the rest of this one.
    Pair,
    /// As `Pair`, where it looks like a password: a user and a group are written so, too.
    OddPair,
    /// The last of so many words behind it, if the line has them.
    Word(usize),
    /// The last word of the command, behind options, a file and a user.
    Last,
    /// The next word, where it looks like a password.
    OddNext,
    /// As `Slash`, where an `@` follows and it looks like a password.
    SlashAt,
    /// The next word; a UUID is the secret here.
    Id,
    /// Behind the user and a comma, in the next word.
    Comma,
    /// Behind the user and a slash, before an `@` or the word's end.
    Slash,
}

/// A command's beginning, and its flags that give a secret.
type Command = (&'static str, &'static [(&'static str, Given)]);

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    ("curl ", &[(" -u", Given::Pair), (" --user", Given::Pair), (" --proxy-user", Given::Pair), (" -U", Given::Pair), (" -E", Given::OddPair), (" --cert", Given::OddPair)]),
    ("wget --", &[(" --user", Given::Pair)]),
    ("sshpass -p", &[(" -p", Given::Next), (" -p", Given::Glued)]),
    ("mysql -", &[(" -p", Given::Glued)]),
    ("mysqldump -", &[(" -p", Given::Glued)]),
    ("mysqladmin -", &[(" -p", Given::Glued)]),
    ("mariadb -", &[(" -p", Given::Glued)]),
    ("redis-cli ", &[(" -a", Given::Next)]),
    (" login -", &[(" -p", Given::Next)]),
    ("psexec ", &[(" -p", Given::Next)]),
    ("mongo ", &[(" -p", Given::Next)]),
    ("mongosh ", &[(" -p", Given::Next)]),
    ("mongodump ", &[(" -p", Given::Next)]),
    ("mongorestore ", &[(" -p", Given::Next)]),
    ("cqlsh ", &[(" -p", Given::Next)]),
    ("sqlcmd ", &[(" -P", Given::Next)]),
    ("bcp ", &[(" -P", Given::Next)]),
    ("isql ", &[(" -P", Given::Next)]),
    ("sqlplus ", &[("sqlplus ", Given::Slash)]),
    ("jdbc:oracle:thin:", &[("jdbc:oracle:thin:", Given::Slash)]),
    ("impdp ", &[("impdp ", Given::Slash)]),
    ("expdp ", &[("expdp ", Given::Slash)]),
    ("ldapsearch -", &[(" -w", Given::Next), (" -w", Given::Glued)]),
    ("ldapmodify -", &[(" -w", Given::Next), (" -w", Given::Glued)]),
    ("ldapwhoami -", &[(" -w", Given::Next), (" -w", Given::Glued)]),
    ("ldappasswd -", &[(" -w", Given::Next), (" -s", Given::Next), (" -a", Given::Next)]),
    ("ldapadd -", &[(" -w", Given::Next), (" -w", Given::Glued)]),
    ("smbclient ", &[("%", Given::Glued)]),
    ("rpcclient ", &[("%", Given::Glued)]),
    ("connect ", &[("connect", Given::SlashAt)]),
    ("winexe ", &[("%", Given::Glued)]),
    ("wmic -", &[("%", Given::Glued)]),
    ("oathtool ", &[(" -b", Given::Next), (" --base32", Given::Next)]),
    ("slmgr", &[(" /ipk", Given::Next), (" -ipk", Given::Next)]),
    ("radtest ", &[("radtest", Given::Word(2))]),
    ("connect to ", &[(" USING", Given::OddNext)]),
    ("createuser ", &[(" SHA", Given::OddNext), (" MD5", Given::OddNext), (" AES", Given::OddNext), (" DES", Given::OddNext)]),
    ("tacacs-server host ", &[(" key", Given::OddNext)]),
    ("radius-server host ", &[(" key", Given::OddNext)]),
    ("message-digest-key ", &[("message-digest-key", Given::Word(3))]),
    ("digest super:", &[("digest super:", Given::Glued)]),
    ("openssl ", &[(" -hmac", Given::Next), (" hexkey:", Given::Glued), (" pass:", Given::Glued), (" -k", Given::Next), (" -K", Given::Next)]),
    ("keytool ", &[("pass", Given::Next)]),
    ("net use ", &[(" /user:", Given::Word(2))]),
    ("useradd -", &[(" -p", Given::Next)]),
    ("usermod -", &[(" -p", Given::Next)]),
    ("unzip -", &[(" -P", Given::Next)]),
    ("zip -", &[(" -P", Given::Next)]),
    ("7z x ", &[(" -p", Given::Glued)]),
    ("7z a ", &[(" -p", Given::Glued)]),
    ("unrar ", &[(" -p", Given::Glued)]),
    ("rabbitmqctl ", &[(" add_user", Given::Word(2)), (" change_password", Given::Word(2)), (" authenticate_user", Given::Word(2))]),
    ("snmpwalk -", &[(" -c", Given::Next), (" -A", Given::Next), (" -X", Given::Next)]),
    ("snmpget -", &[(" -c", Given::Next), (" -A", Given::Next), (" -X", Given::Next)]),
    ("ipmitool ", &[(" -P", Given::Next)]),
    ("xfreerdp ", &[(" /p:", Given::Glued)]),
    ("rdesktop ", &[(" -p", Given::Next)]),
    ("sqoop ", &[(" -p", Given::Next)]),
    ("impala-shell ", &[(" -l", Given::Next)]),
    ("service-principal ", &[(" -p", Given::Next)]),
    ("influx ", &[(" -p", Given::Next), (" -t", Given::Next)]),
    ("vncpasswd ", &[(" -f", Given::Next)]),
    ("expect ", &[(" send ", Given::Next)]),
    ("vault login ", &[("vault login", Given::Next)]),
    ("consul login ", &[("-bearer-token", Given::Next)]),
    ("az login ", &[(" -p", Given::Next)]),
    ("cryptsetup ", &[(" --key", Given::Next)]),
    ("nmcli ", &[(" password", Given::Next), (" psk", Given::Next)]),
    ("wpa_passphrase ", &[("wpa_passphrase", Given::Word(2))]),
    ("snowsql ", &[(" -p", Given::Next)]),
    ("clickhouse-client ", &[(" --password", Given::Next)]),
    ("mc alias set ", &[("mc alias set", Given::Word(4))]),
    ("mc config host add ", &[("mc config host add", Given::Word(4))]),
    ("htpasswd -b", &[("htpasswd -b", Given::Last)]),
    ("htpasswd -nb", &[("htpasswd -nb", Given::Last)]),
    ("htpasswd -cb", &[("htpasswd -cb", Given::Last)]),
    ("htpasswd -B", &[("htpasswd -B", Given::Last)]),
    ("htpasswd -n", &[("htpasswd -n", Given::Last)]),
    ("kinit ", &[(" --password=", Given::Glued)]),
    ("lftp ", &[(" -u", Given::Comma)]),
    ("ncftp", &[(" -p", Given::Next)]),
    ("rclone obscure ", &[("rclone obscure", Given::Next)]),
    ("occ user:add ", &[(" --password", Given::Next)]),
    ("wp user create ", &[(" --user_pass=", Given::Glued)]),
    ("consul acl ", &[(" -secret", Given::Next)]),
    ("nats ", &[(" --password", Given::Next), (" --token", Given::Next)]),
    ("az ad sp ", &[(" --password", Given::Next)]),
    ("mosquitto_", &[(" -P", Given::Next), (" --pw", Given::Next)]),
    ("mosquitto_passwd -b", &[("mosquitto_passwd -b", Given::Last)]),
    ("http -", &[(" -a", Given::Pair), (" -a", Given::OddNext)]),
    ("https -", &[(" -a", Given::Pair), (" -a", Given::OddNext)]),
    ("wget ", &[(" --http-password=", Given::Glued), (" --ftp-password=", Given::Glued)]),
    ("svn ", &[(" --password", Given::Next)]),
    ("mount -t cifs ", &[("password=", Given::Glued), ("pass=", Given::Glued)]),
    ("cadaver ", &[(" -p", Given::Next)]),
    ("vpnc ", &[(" --password", Given::Next)]),
    ("openconnect ", &[(" --password", Given::Next)]),
    ("evil-winrm ", &[(" -p", Given::Next)]),
    ("crackmapexec ", &[(" -p", Given::Next)]),
    ("nxc ", &[(" -p", Given::Next)]),
    ("pg_dump ", &[(" --password", Given::Next)]),
    ("cockroach ", &[(" --password", Given::Next)]),
    ("osql ", &[(" -P", Given::Next)]),
    ("db2 connect ", &[(" using", Given::Next)]),
    ("hdbsql ", &[(" -p", Given::Next)]),
    ("vsql ", &[(" -w", Given::Next)]),
    ("exaplus ", &[(" -p", Given::Next)]),
    ("beeline ", &[(" -p", Given::Next)]),
    ("trino ", &[(" --password", Given::Next)]),
    ("arangosh ", &[(" --server.password", Given::Next)]),
    ("cypher-shell ", &[(" -p", Given::Next)]),
    ("couchbase-cli ", &[(" -p", Given::Next)]),
    ("cbq ", &[(" -p", Given::Next)]),
    ("jf c add ", &[(" --password", Given::Next)]),
    ("nuget setapikey ", &[("nuget setapikey", Given::Next), ("nuget setApiKey", Given::Next)]),
    ("nuget push ", &[(" -ApiKey", Given::Next), (" -k", Given::Next)]),
    ("gem push ", &[(" --key", Given::Next)]),
    ("cargo login ", &[("cargo login", Given::Next)]),
    ("twine upload ", &[(" -p", Given::Next)]),
    ("poetry config ", &[("pypi-token.pypi", Given::Next), ("http-basic.", Given::Word(3))]),
    ("composer config ", &[("oauth.github.com", Given::Next), ("http-basic.", Given::Word(3))]),
    ("az acr login ", &[(" -p", Given::Next)]),
    ("oc login ", &[(" -p", Given::Next)]),
    ("argocd login ", &[(" --password", Given::Next)]),
    ("cf login ", &[(" -p", Given::Next)]),
    ("cf auth ", &[("cf auth", Given::Word(2))]),
    ("ibmcloud login ", &[(" --apikey", Given::Next), (" -p", Given::Next)]),
    ("doctl auth ", &[(" -t", Given::Next)]),
    ("ngrok config add-authtoken ", &[("add-authtoken", Given::Next)]),
    ("ngrok authtoken ", &[("authtoken", Given::Next)]),
    ("tailscale up ", &[(" --authkey", Given::Next), (" --auth-key", Given::Next)]),
    ("zerotier-cli ", &[(" -T", Given::Glued)]),
    ("snyk auth ", &[("snyk auth", Given::Next)]),
    ("sonar-scanner ", &[("-Dsonar.login=", Given::Glued), ("-Dsonar.token=", Given::Glued)]),
    ("codecov ", &[(" -t", Given::Id)]),
    ("infisical ", &[(" --token", Given::Next)]),
    ("-creds=", &[("-creds", Given::Pair)]),
    ("--creds ", &[("--creds", Given::Pair)]),
    ("-creds ", &[("-creds", Given::OddPair)]),
    ("knife ", &[(" -P", Given::Next)]),
    ("jarsigner ", &[("pass", Given::Next)]),
    ("registry login ", &[(" -p", Given::Next)]),
    ("auth login ", &[(" -p", Given::Next)]),
    ("--user ", &[("--user", Given::OddPair)]),
    ("--userpass ", &[("--userpass", Given::OddPair)]),
    ("aws secretsmanager ", &[(" --secret-string", Given::Next)]),
    ("aws ssm put-parameter ", &[(" --value", Given::Next)]),
    ("az keyvault secret set ", &[(" --value", Given::Next)]),
    ("gh secret set ", &[(" --body", Given::Next), (" -b", Given::Next)]),
    ("ETCDCTL_USER", &[("ETCDCTL_USER", Given::Pair)]),
    ("net user ", &[("net user", Given::Word(2))]),
    ("stats auth ", &[("stats auth", Given::OddPair)]),
    ("addauth digest ", &[("addauth digest", Given::OddPair)]),
    ("etcdctl user add ", &[("user add", Given::Pair)]),
    ("cache_peer ", &[(" login=", Given::Pair)]),
    ("mc admin user add ", &[("user add", Given::Word(3))]),
    ("bw unlock ", &[("bw unlock", Given::Next)]),
    ("swift -", &[(" -K", Given::Next)]),
    ("basic auth ", &[("basic auth", Given::OddPair)]),
    ("ssh-keygen ", &[(" -N", Given::Next), (" -P", Given::Next)]),
    ("cryptsetup ", &[(" <<<", Given::Next)]),
    ("kinit ", &[(" <<<", Given::Next)]),
    // Terraform's state: what the provider of random values made.
    ("\"random_password\"", &[("\"result\":", Given::Glued), ("\"result\":", Given::Next)]),
    // Whatever command it is: a user, and what stands for the password.
    (" -u ", &[(" -p", Given::OddNext)]),
    ("--from-literal", &[]),
];

/// The literals at which commands begin.
pub(crate) fn starts() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(start, _)| *start)
}

/// How far behind its name a command's flags are looked for.
const FAR: usize = 512;

impl Detector {
    /// The anchor is a command's beginning.
    pub(crate) fn command(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        if reads(text, at, b"--from-literal") {
            return self.literal_of_a_secret(site, out);
        }
        if at > site.floor
            && text[at].is_ascii_alphanumeric()
            && (text[at - 1].is_ascii_alphanumeric() || text[at - 1] == b'_')
        {
            return;
        }
        let end = limit.min(at + FAR);
        let flags =
            COMMANDS.iter().filter(|(start, _)| reads(text, at, start.as_bytes())).flat_map(|(_, flags)| *flags);
        for (flag, given) in flags {
            let mut from = at;
            while let Some(n) = memchr::memmem::find(&text[from..end], flag.as_bytes()) {
                from += n + flag.len();
                self.given(site, from, *given, out);
            }
            // The command's own name was matched in any case.
            if matches!(given, Given::Slash) && from == at {
                self.given(site, (at + flag.len()).min(end), *given, out);
            }
        }
    }

    /// The secret of the flag that ends at `i`.
    fn given(&self, site: Site, i: usize, given: Given, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let apart = i < limit && (is_blank(text[i]) || text[i] == b'=');
        let first = skip(text, i, limit, |b| is_blank(b) || b == b'=');
        let (start, end, until) = match given {
            Given::Next | Given::OddNext | Given::Id if !apart => return,
            Given::Glued if apart => return,
            Given::Next | Given::OddNext | Given::Id | Given::Glued => {
                let mut value = value_at(text, first, limit, site.cut);
                // `key 7 X`: a number says how it is hidden.
                if given == Given::OddNext && value.end == value.start + 1 && digits(&text[value.start..value.end]) {
                    value = value_at(text, value.end, limit, site.cut);
                }
                (value.start, value.end, value.until)
            }
            Given::Last => {
                let stop =
                    i + text[i..limit].iter().position(|b| matches!(b, b'|' | b';' | b'&' | b'>')).unwrap_or(limit - i);
                let end = crate::text::skip_back(text, stop, i, |b| is_blank(b) || is_quote(b));
                let start = crate::text::skip_back(text, end, i, |b| !is_blank(b) && !is_quote(b));
                // An option, a file and a user stand before it.
                if text[i..start].split(|b| is_blank(*b)).filter(|w| !w.is_empty()).count() < 1 {
                    return;
                }
                (start, end, (end == limit && site.cut).then_some(Until::Word))
            }
            Given::Pair | Given::OddPair | Given::Comma => {
                let mut value = value_at(text, first, limit, site.cut);
                let by = if given == Given::Comma { b',' } else { b':' };
                // What stands behind the comma is no field.
                if given == Given::Comma && !value.quoted {
                    value.end = skip(text, value.start, limit, |b| b > b' ' && !is_quote(b));
                }
                let Some(colon) = memchr::memchr(by, &text[value.start..value.end]) else { return };
                // A user that is 32 hex digits is the half of a key.
                let user = &text[value.start..value.start + colon];
                let half = crate::randomness::is_hex(user) && user.len() >= 32;
                (if half { value.start } else { value.start + colon + 1 }, value.end, value.until)
            }
            Given::Word(n) => {
                let mut value = value_at(text, first, limit, site.cut);
                for _ in 1..n {
                    let next = skip(text, value.end, limit, |b| is_quote(b) || is_blank(b));
                    if next >= limit {
                        return;
                    }
                    value = value_at(text, next, limit, site.cut);
                }
                (value.start, value.end, value.until)
            }
            Given::Slash | Given::SlashAt => {
                let mut start = skip(text, first, limit, is_quote);
                // `sqlplus -S USER/X@db`
                while start < limit && text[start] == b'-' {
                    let option = skip(text, start, limit, |b| !is_blank(b));
                    start = skip(text, option, limit, |b| is_blank(b) || is_quote(b));
                }
                let user = skip(text, start, limit, |b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'#' | b'-' | b'.')
                });
                if user == start || text.get(user) != Some(&b'/') || user >= limit {
                    return;
                }
                let open = skip(text, user + 1, limit.min(user + 2), is_quote);
                let end = skip(text, open, limit, |b| b > b' ' && b != b'@' && !is_quote(b));
                if given == Given::SlashAt && (end >= limit || text[end] != b'@') {
                    return;
                }
                (open, end, (end == limit && site.cut).then_some(Until::Word))
            }
        };
        let bytes = &text[start.min(end)..end];
        let option = bytes.first() == Some(&b'/') && matches!(given, Given::Word(_));
        let count = matches!(given, Given::Next | Given::Pair | Given::OddPair) && digits(bytes);
        let odd = (is_password(bytes, false) && !object_name(bytes)) || groups_of_four(bytes);
        if matches!(given, Given::OddPair | Given::OddNext | Given::SlashAt) && !odd {
            return;
        }
        let named = given == Given::Id && uuid(bytes);
        if bytes.len() >= 3
            && (named || !harmless(bytes))
            && bytes[0] != b'-'
            && !count
            && !option
            && !self.settings.allows(bytes)
        {
            out.push(site.mask(const { number("command-line-secret") }, start, end, until));
        }
    }

    /// `--from-literal=NAME=VALUE`
    fn literal_of_a_secret(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let before = &text[site.floor..at];
        if memchr::memmem::find(before, b"create configmap").is_some()
            || memchr::memmem::find(before, b"create cm ").is_some()
        {
            return;
        }
        let from = skip(text, at + 14, limit, |b| is_blank(b) || is_quote(b) || b == b'=');
        let name = skip(text, from, limit, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if name >= limit || text[name] != b'=' {
            return;
        }
        let value = value_at(text, name + 1, limit, site.cut);
        if !harmless(&text[value.start..value.end]) {
            out.push(site.mask(const { number("command-line-secret") }, value.start, value.end, value.until));
        }
    }
}

/// `abcd 1234 efGh ijkl`: a password for programs, in groups that blanks divide.
fn groups_of_four(bytes: &[u8]) -> bool {
    let group = |g: &[u8]| g.len() == 4 && g.iter().all(u8::is_ascii_alphanumeric);
    (4..=8).contains(&bytes.split(|b| *b == b' ').count())
        && bytes.split(|b| *b == b' ').all(group)
        && (bytes.iter().any(u8::is_ascii_digit) || crate::model::naturalness(bytes) < -4)
}
