//! `wardgate webhook-certs`: a job that issues and replaces the webhook's certificate. It runs under an account of its own, which may write
//! one Secret and patch one webhook configuration; the gateway holds neither right and only reads the mounted files again.
//!
//! Each certificate has an authority of its own, whose key is forgotten once it has signed: nobody who reads the Secret can sign another.
//! A replacement is made in steps, each of which may be the last before a crash, and the next run goes on from what the Secret says:
//! keep the new pair in the Secret, trust both authorities, serve the new pair, and after the overlap stop to trust the old authority.
mod issue;
mod plan;

use anyhow::{Context, Result, bail, ensure};
use plan::{Policy, State, Step, plan};
use std::{
    path::PathBuf,
    process::ExitCode,
    time::{Duration, SystemTime},
};
use wardgate_cluster::kube::{Certificates, Credential, Hook};

/// Steps of one run; a replacement has four.
const STEPS: usize = 6;

#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 if the webhook's certificate and what is trusted are as they should be, 1 otherwise.

Examples:
  wardgate webhook-certs --namespace wardgate            in a pod, under its own service account
  wardgate webhook-certs --namespace wardgate --renew    replace the certificate now"
)]
pub(crate) struct Args {
    /// Namespace of the Secret.
    #[arg(long)]
    namespace: String,
    /// The Secret that the gateway mounts; it must be there, empty at first.
    #[arg(long, default_value = "wardgate-admission-tls")]
    secret: String,
    /// The `ValidatingWebhookConfiguration`; the certificate names the host that it calls.
    #[arg(long, default_value = "wardgate")]
    configuration: String,
    /// A kubeconfig, instead of the service account of the pod that this runs in.
    #[arg(long)]
    kubeconfig: Option<PathBuf>,
    /// Days that a certificate is good for.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=825))]
    days: u16,
    /// Days before its end when it is replaced.
    #[arg(long, default_value_t = 30)]
    renew_days: u16,
    /// Replace it now.
    #[arg(long)]
    renew: bool,
    /// Seconds for which the old authority is trusted beside the new one: longer than the kubelet takes to update mounted files.
    #[arg(long, default_value_t = 3600)]
    overlap_seconds: u32,
    /// Seconds until every API server is taken to know of a new bundle, before anything that needs it is served.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(0..=300))]
    settle_seconds: u16,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    ensure!(args.renew_days < args.days, "--renew-days must be fewer than --days, or every run would replace it");
    let credential = match args.kubeconfig.clone() {
        Some(path) => Credential::Kubeconfig { path, context: None },
        None => Credential::InCluster,
    };
    let cluster = Certificates::connect(&credential).await?;
    let mut policy = Policy {
        names: vec![],
        days: args.days,
        renew_days: args.renew_days,
        overlap: u64::from(args.overlap_seconds),
        renew: args.renew,
    };
    for _ in 0..STEPS {
        let mut stored = cluster.secret(&args.namespace, &args.secret).await?;
        let hooks = cluster.hooks(&args.configuration).await?;
        policy.names = hooks.iter().map(|hook| hook.host.clone()).collect();
        policy.names.sort();
        policy.names.dedup();
        let mut state = State::read(&stored.data).context("the Secret")?;
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
        let step = plan(&state, &policy, now);
        match step {
            Step::Issue => {
                state.next = Some(issue::pair(&policy.names, now, policy.days)?);
                policy.renew = false;
                say("a new certificate is kept, not yet served", &state);
            }
            Step::Serve => {
                if trust(&cluster, &args.configuration, &hooks, &state.trusted()).await? {
                    tokio::time::sleep(Duration::from_secs(args.settle_seconds.into())).await;
                }
                state.serve(now);
                say("the new certificate is served; both authorities are trusted", &state);
            }
            Step::Retire => {
                state.previous = None;
                trust(&cluster, &args.configuration, &hooks, &state.trusted()).await?;
                say("the old authority is no longer trusted", &state);
            }
            Step::Keep => {
                if trust(&cluster, &args.configuration, &hooks, &state.trusted()).await? {
                    say("what is trusted was set right", &state);
                }
                say("well", &state);
                return Ok(ExitCode::SUCCESS);
            }
        }
        state.write(&mut stored.data)?;
        cluster.write(&args.namespace, &args.secret, stored).await?;
    }
    bail!("it did not come to rest in {STEPS} steps; does something else write the Secret?")
}

/// Sets the bundle where it is another; whether it was.
async fn trust(cluster: &Certificates, configuration: &str, hooks: &[Hook], bundle: &str) -> Result<bool> {
    let other = hooks.iter().any(|hook| hook.bundle != bundle);
    if other {
        cluster.trust(configuration, hooks, bundle).await?;
    }
    Ok(other)
}

/// One line for each thing that was done, for the job's log; the cluster's audit log has the requests.
fn say(what: &str, state: &State) {
    let until = state.current.as_ref().map(|pair| pair.until);
    println!(
        "{}",
        serde_json::json!({"webhook_certs": what, "good_until": until, "overlaps": state.previous.is_some()})
    );
}
