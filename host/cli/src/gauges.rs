//! What the evidence store says of itself in `/metrics`: read anew at every scrape, so that no figure is older than its scrape.
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::gauge::ConstGauge,
};
use std::{fmt, sync::Arc};
use wardgate_evidence::EvidenceLog;

/// The gauges of one log.
pub(crate) struct EvidenceGauges(pub(crate) Arc<EvidenceLog>);

impl fmt::Debug for EvidenceGauges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EvidenceGauges")
    }
}

impl Collector for EvidenceGauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let health = self.0.health();
        let up = i64::from(health.down.is_none() && !health.closed);
        let waiting = i64::try_from(health.waiting).unwrap_or(i64::MAX);
        let mut whole = vec![
            ("evidence_up", "Whether evidence can be written; where it is 0 no call is served", up),
            (
                "evidence_last_record",
                "Number of the last durable record",
                i64::try_from(health.seq).unwrap_or(i64::MAX),
            ),
            ("evidence_waiting", "Calls without an outcome on record yet, and records that wait for the disk", waiting),
        ];
        // A file system that cannot be asked shows no figure rather than a wrong one.
        if let Ok(space) = self.0.space() {
            let nearly = i64::from(space.used_permille() >= wardgate_evidence::ledger::WARN_PERMILLE);
            whole.push(("evidence_disk_nearly_full", "1 from four fifths of the evidence's file system on", nearly));
            whole.push((
                "evidence_disk_free_bytes",
                "Bytes left for evidence in its file system",
                i64::try_from(space.free).unwrap_or(i64::MAX),
            ));
        }
        for (name, help, value) in whole {
            let gauge = ConstGauge::new(value);
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}
