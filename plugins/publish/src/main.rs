//! `publish`: builds, signs and locks the shipped policies, says whether they are stale, and signs anyone's module.
#![allow(clippy::print_stdout)] // A command-line program.

mod component;
mod digest;
mod key;
mod policies;
mod statement;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, Subcommand};
use key::{Algorithm, Key, Public};
use policies::{Lock, Locked};
use statement::{CONTRACT, Ceilings, Predicate, World};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Builds, signs and locks Wardgate's policies.
#[derive(Parser)]
#[command(
    name = "publish",
    after_help = "\
Examples:
  publish build                          build all, sign with a key that is minted and dropped
  publish build --key publisher.pem      build all, sign as a lasting publisher
  publish check                          are the committed modules those of these sources?
  publish check --bytes                  build again and compare every byte, too
  publish keygen --out publisher.pem     make a key (and publisher.pem.pub)
  publish sign --key team.pem --name team-rules --version 1.4.0 --world reviewer team-rules.wasm"
)]
struct Arguments {
    #[command(subcommand)]
    command: Order,
}

#[derive(Subcommand)]
enum Order {
    /// Builds every shipped policy and writes it, signed and locked, to policies-wasm/.
    Build {
        /// The publisher's key: PKCS#8 PEM, Ed25519 or P-256. Without it a P-256 key is made, used, and dropped.
        #[arg(long)]
        key: Option<PathBuf>,
        /// The folder to write to.
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Fails when policies-wasm/ is stale or was changed.
    Check {
        /// Build again and compare bytes; needs the toolchain that the lock names.
        #[arg(long)]
        bytes: bool,
    },
    /// Signs a component; writes FILE.sigstore.json beside it.
    Sign(Sign),
    /// Makes a signing key.
    Keygen {
        /// Where the private key goes; its public half goes to the same name with `.pub` added. Neither may exist.
        #[arg(long)]
        out: PathBuf,
        /// The kind of key.
        #[arg(long, value_enum, default_value = "p256")]
        algorithm: Algorithm,
    },
}

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  publish sign --key team.pem --statement statement.json team-rules.wasm
  publish sign --key team.pem --name team-rules --version 1.4.0 --world reviewer --question series \\
      --not-after 2027-01-01T00:00:00Z team-rules.wasm")]
struct Sign {
    /// The publisher's key: PKCS#8 PEM, Ed25519 or P-256.
    #[arg(long)]
    key: PathBuf,
    /// A whole in-toto statement to sign, instead of the flags below; its subject must be FILE.
    #[arg(long, conflicts_with_all = ["name", "version", "world", "questions", "not_after", "memory_bytes"])]
    statement: Option<PathBuf>,
    /// The policy's name, as its descriptor says it.
    #[arg(long, required_unless_present = "statement")]
    name: Option<String>,
    /// The policy's version, as its descriptor says it.
    #[arg(long, required_unless_present = "statement")]
    version: Option<String>,
    /// What the component is.
    #[arg(long, value_enum, required_unless_present = "statement")]
    world: Option<World>,
    /// A question kind it may ask; repeat for more.
    #[arg(long = "question", value_name = "KIND")]
    questions: Vec<String>,
    /// When the statement ends, RFC 3339.
    #[arg(long)]
    not_after: Option<String>,
    /// The most memory an instance may take.
    #[arg(long)]
    memory_bytes: Option<u64>,
    /// The component.
    file: PathBuf,
}

fn main() -> Result<()> {
    match Arguments::parse().command {
        Order::Build { key, out } => build(key.as_deref(), out),
        Order::Check { bytes } => check(bytes),
        Order::Sign(order) => sign(order),
        Order::Keygen { out, algorithm } => keygen(&out, algorithm),
    }
}

fn build(key: Option<&Path>, out: Option<PathBuf>) -> Result<()> {
    let root = policies::root()?;
    let key = match key {
        Some(path) => read_key(path)?,
        None => Key::mint(Algorithm::P256)?.0,
    };
    let publisher = key.public()?;
    let all = policies::present(&root)?;
    let toolchain = policies::toolchain(&root)?;
    let folder = policies::build(&root, &all)?;
    let out = out.unwrap_or_else(|| root.join("policies-wasm"));
    fs::create_dir_all(&out).with_context(|| out.display().to_string())?;

    let mut lock = Lock::default();
    for policy in &all {
        let name = &policy.name;
        let wasm = component::make(&policies::module(&folder, policy)?)
            .with_context(|| format!("making the component {name}"))?;
        component::check(&wasm, policy.world).with_context(|| name.clone())?;
        let predicate = Predicate {
            name: name.clone(),
            version: policies::version(&root, policy)?,
            world: policy.world,
            contract: CONTRACT.into(),
            questions: policy.questions.clone(),
            not_after: None,
            limits: None,
        };
        let file = format!("{name}.wasm");
        let bundle = statement::seal(&key, &predicate.statement(&file, &wasm)?)?;
        write(&out.join(&file), &wasm)?;
        write(&out.join(format!("{file}.sigstore.json")), bundle.as_bytes())?;
        if let Some(defaults) = policies::defaults(&root, policy)? {
            write(&out.join(format!("{name}.settings.json")), &defaults)?;
        }
        let sha256 = digest::hex(&digest::sha256(&wasm));
        println!("{file}  {} bytes  sha256 {sha256}", wasm.len());
        lock.policy.push(Locked {
            name: name.clone(),
            version: predicate.version,
            world: policy.world,
            file,
            sha256,
            publisher: publisher.id(),
            source: digest::source(&root, name, name)?,
            toolchain: toolchain.clone(),
        });
    }
    lock.policy.sort_by(|a, b| a.name.cmp(&b.name));
    let text =
        "# Written by `publish build`. What was built from which sources, by which tools, signed by whom.\n".to_owned();
    write(&out.join("policies.lock"), (text + &toml::to_string(&lock)?).as_bytes())?;
    write(&out.join("publisher.pub"), publisher.to_pem().as_bytes())?;
    println!("publisher {}", publisher.id());
    Ok(())
}

fn check(bytes: bool) -> Result<()> {
    let root = policies::root()?;
    let folder = root.join("policies-wasm");
    let all = policies::present(&root)?;
    let lock = policies::read_lock(&folder)?;
    let mut wrong = Vec::new();
    for policy in &all {
        if let Err(e) = check_one(&root, &folder, policy, &lock) {
            wrong.push(format!("{}: {e:#}", policy.name));
        }
    }
    for locked in &lock.policy {
        if !all.iter().any(|p| p.name == locked.name) {
            wrong.push(format!("{}: locked, but there is no such policy", locked.name));
        }
    }
    if bytes && wrong.is_empty() {
        let toolchain = policies::toolchain(&root)?;
        if let Some(other) = lock.policy.iter().find(|l| l.toolchain != toolchain) {
            bail!(
                "bytes can only be compared under the toolchain of the lock: {}; here is {toolchain}",
                other.toolchain
            );
        }
        let built = policies::build(&root, &all)?;
        for policy in &all {
            let wasm = component::make(&policies::module(&built, policy)?)?;
            if wasm != fs::read(folder.join(format!("{}.wasm", policy.name)))? {
                wrong.push(format!("{}: these sources make other bytes under {toolchain}", policy.name));
            }
        }
    }
    ensure!(wrong.is_empty(), "policies-wasm/ is stale; `publish build` makes it anew\n  {}", wrong.join("\n  "));
    println!("policies-wasm/ fits its sources{}: {} policies", if bytes { ", byte for byte" } else { "" }, all.len());
    Ok(())
}

fn check_one(root: &Path, folder: &Path, policy: &policies::Policy, lock: &Lock) -> Result<()> {
    let name = &policy.name;
    let locked = lock.policy.iter().find(|l| &l.name == name).context("not in policies.lock")?;
    let read = |file: &str| fs::read(folder.join(file)).with_context(|| file.to_owned());
    let wasm = read(&locked.file)?;
    ensure!(digest::hex(&digest::sha256(&wasm)) == locked.sha256, "{} is not the file that was locked", locked.file);
    let public = Public::from_pem(&String::from_utf8(read("publisher.pub")?)?).context("publisher.pub")?;
    ensure!(public.id() == locked.publisher, "publisher.pub is not the locked publisher {}", locked.publisher);
    let bundle = String::from_utf8(read(&format!("{}.sigstore.json", locked.file))?)?;
    let said = statement::open(&public, &bundle, &wasm)?;
    ensure!(
        said.name == locked.name && said.version == locked.version && said.world == locked.world,
        "statement and lock differ"
    );
    ensure!(said.questions == policy.questions, "the statement's questions differ from plugins/Cargo.toml");
    ensure!(said.version == policies::version(root, policy)?, "the version in its manifest is another one");
    ensure!(digest::source(root, name, name)? == locked.source, "its sources have changed since it was built");
    if let Some(defaults) = policies::defaults(root, policy)? {
        ensure!(read(&format!("{name}.settings.json"))? == defaults, "its default settings have changed");
    }
    Ok(())
}

fn sign(order: Sign) -> Result<()> {
    let key = read_key(&order.key)?;
    let wasm = fs::read(&order.file).with_context(|| order.file.display().to_string())?;
    let file = order.file.file_name().context("FILE has no name")?.to_string_lossy().into_owned();
    let statement = match (order.statement, order.name, order.version, order.world) {
        (Some(path), ..) => {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            serde_json::from_str(&text).with_context(|| path.display().to_string())?
        }
        (None, Some(name), Some(version), Some(world)) => Predicate {
            name,
            version,
            world,
            contract: CONTRACT.into(),
            questions: order.questions,
            not_after: order.not_after,
            limits: order.memory_bytes.map(|memory_bytes| Ceilings { memory_bytes }),
        }
        .statement(&file, &wasm)?,
        _ => bail!("give --statement, or --name, --version and --world"),
    };
    let said = statement::check(&statement, &wasm)?;
    component::check(&wasm, said.world).with_context(|| file.clone())?;
    let bundle = order.file.with_file_name(format!("{file}.sigstore.json"));
    write(&bundle, statement::seal(&key, &statement)?.as_bytes())?;
    println!("{}  signed by {}", bundle.display(), key.public()?.id());
    Ok(())
}

fn keygen(out: &Path, algorithm: Algorithm) -> Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let (key, pem) = Key::mint(algorithm)?;
    let public = PathBuf::from(format!("{}.pub", out.display()));
    ensure!(!public.exists(), "{} exists", public.display());
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(out)
        .with_context(|| out.display().to_string())?;
    file.write_all(pem.as_bytes())?;
    write(&public, key.public()?.to_pem().as_bytes())?;
    println!("{} and {}  publisher {}", out.display(), public.display(), key.public()?.id());
    Ok(())
}

fn read_key(path: &Path) -> Result<Key> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Key::from_pem(&text).with_context(|| path.display().to_string())
}

/// Writes a file whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_added_extension("new");
    fs::write(&new, bytes).and_then(|()| fs::rename(&new, path)).with_context(|| path.display().to_string())
}
