//! The shipped policies: which there are, how they are built, what the lock file says of them.
use crate::{digest, statement::World};
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// One entry of `[workspace.metadata.wardgate] policies` in plugins/Cargo.toml.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    pub(crate) name: String,
    pub(crate) world: World,
    pub(crate) questions: Vec<String>,
}

/// `policies.lock`.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Lock {
    #[serde(default)]
    pub(crate) policy: Vec<Locked>,
}

/// One policy in `policies.lock`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Locked {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) world: World,
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) publisher: String,
    pub(crate) source: String,
    pub(crate) toolchain: String,
}

/// The checkout this program was built from, or the one named by `WARDGATE_ROOT`.
pub(crate) fn root() -> Result<PathBuf> {
    let here = std::env::var_os("WARDGATE_ROOT")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), PathBuf::from);
    let root = fs::canonicalize(&here).with_context(|| here.display().to_string())?;
    ensure!(root.join("plugins/Cargo.toml").is_file(), "{} is no checkout of Wardgate", root.display());
    Ok(root)
}

/// The policies whose sources are here; says which are not.
pub(crate) fn present(root: &Path) -> Result<Vec<Policy>> {
    #[derive(Deserialize)]
    struct Manifest {
        workspace: Workspace,
    }
    #[derive(Deserialize)]
    struct Workspace {
        members: Vec<String>,
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        wardgate: List,
    }
    #[derive(Deserialize)]
    struct List {
        policies: Vec<Policy>,
    }
    let text = fs::read_to_string(root.join("plugins/Cargo.toml")).context("plugins/Cargo.toml")?;
    let manifest: Manifest = toml::from_str(&text).context("plugins/Cargo.toml")?;
    let mut policies = manifest.workspace.metadata.wardgate.policies;
    policies.retain(|policy| {
        let here = manifest.workspace.members.contains(&policy.name);
        if !here {
            eprintln!("{}: listed in plugins/Cargo.toml, but no member of the workspace: left out", policy.name);
        }
        here
    });
    Ok(policies)
}

/// The version in a policy's manifest.
pub(crate) fn version(root: &Path, policy: &Policy) -> Result<String> {
    let read = |path: &str| -> Result<toml::Table> {
        let text = fs::read_to_string(root.join(path)).with_context(|| path.to_owned())?;
        text.parse().with_context(|| path.to_owned())
    };
    let own = read(&format!("plugins/{}/Cargo.toml", policy.name))?;
    if let Some(version) = own["package"].get("version").and_then(toml::Value::as_str) {
        return Ok(version.to_owned());
    }
    let shared = read("plugins/Cargo.toml")?;
    let version = shared["workspace"].get("package").and_then(|p| p.get("version")).and_then(toml::Value::as_str);
    version.map(str::to_owned).with_context(|| format!("{} has no version", policy.name))
}

/// Builds the core modules; the folder they are in.
pub(crate) fn build(root: &Path, policies: &[Policy]) -> Result<PathBuf> {
    let mut script = Command::new(root.join("plugins/build.sh"));
    script.args(policies.iter().map(|p| &p.name)).stdin(Stdio::null()).stderr(Stdio::inherit());
    clean_environment(&mut script);
    let output = script.output().context("running plugins/build.sh")?;
    ensure!(output.status.success(), "plugins/build.sh failed ({})", output.status);
    let text = String::from_utf8(output.stdout).context("the output of plugins/build.sh")?;
    Ok(PathBuf::from(text.lines().last().context("plugins/build.sh named no folder")?))
}

/// The compiler and the two libraries that decide the bytes beside the sources.
pub(crate) fn toolchain(root: &Path) -> Result<String> {
    let mut script = Command::new(root.join("plugins/build.sh"));
    script.arg("--toolchain").stdin(Stdio::null()).stderr(Stdio::inherit());
    clean_environment(&mut script);
    let output = script.output().context("running plugins/build.sh")?;
    ensure!(output.status.success(), "plugins/build.sh --toolchain failed ({})", output.status);
    let rustc = String::from_utf8(output.stdout).context("the output of plugins/build.sh")?;
    let lock = fs::read_to_string(root.join("plugins/Cargo.lock")).context("plugins/Cargo.lock")?;
    let locked = |name: &str| digest::locked_version(&lock, name);
    Ok(format!("{}, wit-bindgen {}, wit-component {}", rustc.trim(), locked("wit-bindgen")?, locked("wit-component")?))
}

/// What cargo sets for programs it runs must not reach the cargo that the script runs.
fn clean_environment(command: &mut Command) {
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        let is_cargos = name.starts_with("CARGO_")
            && !matches!(&*name, "CARGO_HOME" | "CARGO_TARGET_DIR")
            && !name.starts_with("CARGO_NET");
        if is_cargos || matches!(&*name, "RUSTC" | "RUSTFLAGS" | "RUSTC_WRAPPER" | "LD_LIBRARY_PATH") {
            command.env_remove(key);
        }
    }
}

/// The core module of a policy in the folder that [`build`] named.
pub(crate) fn module(folder: &Path, policy: &Policy) -> Result<Vec<u8>> {
    let path = folder.join(policy.name.replace('-', "_") + ".wasm");
    fs::read(&path).with_context(|| path.display().to_string())
}

/// The default settings beside a policy's sources, if it has any; they must be JSON.
pub(crate) fn defaults(root: &Path, policy: &Policy) -> Result<Option<Vec<u8>>> {
    let path = root.join("plugins").join(&policy.name).join("defaults.json");
    match fs::read(&path) {
        Ok(bytes) => {
            serde_json::from_slice::<serde_json::Value>(&bytes).with_context(|| path.display().to_string())?;
            Ok(Some(bytes))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| path.display().to_string()),
    }
}

/// The lock file of a folder; an error if there is none.
pub(crate) fn read_lock(folder: &Path) -> Result<Lock> {
    let path = folder.join("policies.lock");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let lock: Lock = toml::from_str(&text).with_context(|| path.display().to_string())?;
    for locked in &lock.policy {
        if locked.file != format!("{}.wasm", locked.name) {
            bail!("{}: policy {} has the file {:?}", path.display(), locked.name, locked.file);
        }
    }
    Ok(lock)
}
