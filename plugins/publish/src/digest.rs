//! SHA-256 over bytes, and the one digest that stands for a policy's sources.
use anyhow::{Context, Result};
use aws_lc_rs::digest::{SHA256, digest};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, b| text + &format!("{b:02x}"))
}

/// Crates of this repository that a policy may share with the host, and their folders.
const SHARED: &[(&str, &str)] = &[("wardgate-promql", "promql")];

/// The digest of everything that decides a policy's bytes, but the compiler: its folder, the SDK, the stubs, the contract, what it shares
/// with the host, the workspace's manifest, the build script, and the entries of the lock file that it depends on. Tests and texts do
/// not count.
pub(crate) fn source(root: &Path, folder: &str, package: &str) -> Result<String> {
    let lock = fs::read_to_string(root.join("plugins/Cargo.lock")).context("plugins/Cargo.lock")?;
    let entries = lock_entries(&lock, package)?;
    let depends = |name: &str| entries.lines().any(|entry| entry.split(' ').next() == Some(name));
    let shared = SHARED.iter().filter(|(name, _)| depends(name)).map(|(_, folder)| (*folder).to_owned());

    let mut files = BTreeMap::new();
    let own = [format!("plugins/{folder}"), "plugins/sdk".into(), "plugins/stubs".into(), "wit".into()];
    for under in own.into_iter().chain(shared) {
        collect(root, Path::new(&under), &mut files)?;
    }
    for tool in ["plugins/build.sh", "plugins/steady-random.c"] {
        files.insert(tool.to_owned(), fs::read(root.join(tool)).context(tool)?);
    }
    let manifest = fs::read_to_string(root.join("plugins/Cargo.toml")).context("plugins/Cargo.toml")?;
    let manifest: toml::Table = manifest.parse().context("plugins/Cargo.toml")?;
    let profile = manifest.get("profile").and_then(|p| p.get("release")).map(ToString::to_string).unwrap_or_default();
    files.insert("profile.release".into(), profile.into_bytes());
    let said = manifest.get("workspace").and_then(|w| w.get("metadata")?.get("wardgate")?.get("policies")?.as_array());
    let said = said.into_iter().flatten().find(|p| p.get("name").and_then(toml::Value::as_str) == Some(package));
    files.insert("policies".into(), said.map(ToString::to_string).unwrap_or_default().into_bytes());
    files.insert("Cargo.lock".into(), entries.into_bytes());

    let mut all = Vec::new();
    for (path, bytes) in files {
        all.extend_from_slice(format!("{path}\0{}\0{}\n", bytes.len(), hex(&sha256(&bytes))).as_bytes());
    }
    Ok(hex(&sha256(&all)))
}

/// Files that cannot change a module.
fn is_beside_the_point(name: &str) -> bool {
    name.starts_with('.')
        || Path::new(name).extension().is_some_and(|end| end == "md")
        || matches!(name, "tests" | "benches" | "examples" | "proptest-regressions" | "target")
}

fn collect(root: &Path, under: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let folder = root.join(under);
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_beside_the_point(&name) {
            continue;
        }
        let path = under.join(&name);
        if entry.file_type()?.is_dir() {
            collect(root, &path, files)?;
        } else {
            files.insert(path.to_string_lossy().replace('\\', "/"), fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// "name version checksum" of every package that `package` depends on, sorted, a line each.
fn lock_entries(lock: &str, package: &str) -> Result<String> {
    let lock: toml::Table = lock.parse().context("plugins/Cargo.lock")?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("plugins/Cargo.lock has no packages")?;
    let text =
        |entry: &toml::Value, key: &str| entry.get(key).and_then(toml::Value::as_str).unwrap_or_default().to_owned();
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![package.to_owned()]);
    while let Some(wanted) = waiting.pop() {
        // "name", or "name version" where the name alone is not unique.
        let mut words = wanted.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        for entry in packages {
            if text(entry, "name") != name || version.is_some_and(|v| text(entry, "version") != v) {
                continue;
            }
            if seen.insert(format!("{name} {} {}", text(entry, "version"), text(entry, "checksum"))) {
                let depends = entry.get("dependencies").and_then(toml::Value::as_array);
                waiting.extend(depends.into_iter().flatten().filter_map(|d| d.as_str().map(str::to_owned)));
            }
        }
    }
    Ok(seen.into_iter().collect::<Vec<_>>().join("\n"))
}

/// The version of a package in the lock file.
pub(crate) fn locked_version(lock: &str, package: &str) -> Result<String> {
    let entries = lock_entries(lock, package)?;
    let own = entries.lines().find_map(|line| line.strip_prefix(package)?.strip_prefix(' ')?.split(' ').next());
    own.map(str::to_owned).with_context(|| format!("{package} is not in plugins/Cargo.lock"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LOCK: &str = r#"
        [[package]]
        name = "policy"
        version = "1.0.0"
        dependencies = ["a", "b 2.0.0"]
        [[package]]
        name = "a"
        version = "1.0.0"
        checksum = "aa"
        [[package]]
        name = "b"
        version = "1.0.0"
        checksum = "b1"
        [[package]]
        name = "b"
        version = "2.0.0"
        checksum = "b2"
        [[package]]
        name = "unrelated"
        version = "9.0.0"
        checksum = "cc"
    "#;

    #[test]
    fn only_lock_entries_that_a_policy_depends_on_count() {
        assert_eq!(lock_entries(LOCK, "policy").unwrap(), "a 1.0.0 aa\nb 2.0.0 b2\npolicy 1.0.0 ");
    }

    #[test]
    fn a_source_digest_changes_with_code_and_not_with_tests_or_texts() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("plugins/policy/src/lib.rs", "1");
        write("plugins/sdk/src/lib.rs", "1");
        write("plugins/stubs/js-sys/src/lib.rs", "1");
        write("plugins/build.sh", "1");
        write("plugins/steady-random.c", "1");
        write("plugins/Cargo.toml", "[profile.release]\nlto = \"fat\"\n");
        write("plugins/Cargo.lock", LOCK);
        write("wit/policy.wit", "1");
        let digest = || source(root.path(), "policy", "policy").unwrap();
        let first = digest();
        write("plugins/policy/tests/all.rs", "2");
        write("wit/README.md", "2");
        assert_eq!(digest(), first);
        for path in
            ["plugins/policy/src/lib.rs", "plugins/policy/defaults.json", "plugins/sdk/src/lib.rs", "wit/policy.wit"]
        {
            let before = digest();
            write(path, "changed");
            assert_ne!(digest(), before, "{path}");
        }
        let before = digest();
        write("plugins/Cargo.lock", &LOCK.replace("\"aa\"", "\"ab\""));
        assert_ne!(digest(), before);
    }

    #[test]
    fn what_a_policy_shares_with_the_host_counts_for_it_alone() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for path in ["policy/lib.rs", "sdk/lib.rs", "stubs/lib.rs", "build.sh", "steady-random.c", "Cargo.toml"] {
            write(&format!("plugins/{path}"), "");
        }
        write("wit/policy.wit", "1");
        write("promql/src/lib.rs", "1");
        let lock = LOCK.replace("[\"a\", \"b 2.0.0\"]", "[\"wardgate-promql\"]")
            + "[[package]]\nname = \"wardgate-promql\"\nversion = \"0.1.0\"\n";
        for (lock, counts) in [(LOCK, false), (lock.as_str(), true)] {
            write("plugins/Cargo.lock", lock);
            let before = source(root.path(), "policy", "policy").unwrap();
            write("promql/src/lib.rs", if counts { "3" } else { "2" });
            assert_eq!(source(root.path(), "policy", "policy").unwrap() != before, counts);
        }
    }
}
