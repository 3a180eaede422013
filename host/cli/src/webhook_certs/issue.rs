//! Makes a certificate and the authority that signs it alone: P-256, the library's choice of hashes, the authority's key dropped.
use super::plan::Pair;
use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use std::time::Duration;

/// Clocks of API servers may be behind by so many seconds.
const SKEW: u64 = 300;

/// For these hosts, good from `now` for so many days.
pub(super) fn pair(names: &[String], now: u64, days: u16) -> Result<Pair> {
    let until = now + u64::from(days) * 86_400;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.distinguished_name.push(DnType::CommonName, format!("wardgate webhook authority {now}"));
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let mut leaf = CertificateParams::new(names).context("the hosts that the webhook is called by")?;
    leaf.distinguished_name.push(DnType::CommonName, "wardgate webhook");
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    leaf.use_authority_key_identifier_extension = true;
    for params in [&mut authority, &mut leaf] {
        params.not_before = date_time_ymd(1970, 1, 1) + Duration::from_secs(now.saturating_sub(SKEW));
        params.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(until);
    }
    let (signing, key) = (KeyPair::generate()?, KeyPair::generate()?);
    let signed = authority.self_signed(&signing)?;
    let certificate = leaf.signed_by(&key, &Issuer::new(authority, signing))?;
    Ok(Pair {
        authority: signed.pem(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        names: names.to_vec(),
        until,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_pair_is_whole_and_never_made_twice() {
        let names = ["gate.ops.svc".to_string(), "10.1.2.3".to_string()];
        let (one, two) = (pair(&names, 1_800_000_000, 90).unwrap(), pair(&names, 1_800_000_000, 90).unwrap());
        assert_eq!(one.until, 1_800_000_000 + 90 * 86_400);
        for text in [&one.authority, &one.certificate] {
            assert!(
                text.starts_with("-----BEGIN CERTIFICATE-----") && text.ends_with("-----END CERTIFICATE-----\n"),
                "{text}"
            );
        }
        assert!(one.key.contains("PRIVATE KEY"));
        assert_ne!(one.authority, two.authority);
        assert_ne!(one.key, two.key);
        assert!(pair(&["not a host\u{e9}".to_string()], 0, 1).is_err());
    }
}
