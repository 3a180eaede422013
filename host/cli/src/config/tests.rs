//! What the file may say, what it may not, and how that is told.
#![allow(clippy::unwrap_used)]
use super::*;

#[test]
fn the_example_is_read_whole_and_is_fine() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/wardgate.example.toml");
    let config: Config = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    config.check().unwrap();
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one() {
    let error = toml::from_str::<Config>("[kubernetes]\nkubeconfg = \"x\"\n").unwrap_err();
    assert!(helpful(&error).to_string().contains("did you mean `kubeconfig`?"), "{}", helpful(&error));
}

#[test]
fn files_beside_it_add_and_replace_values_but_no_lists() {
    let dir = tempfile::tempdir().unwrap();
    let (main, beside) = (dir.path().join("wardgate.toml"), dir.path().join("conf.d"));
    std::fs::create_dir(&beside).unwrap();
    std::fs::write(&main, "[mirror]\n[limits]\nlines = 10\n[[policies.plugin]]\nname = \"read-guard\"\n").unwrap();
    std::fs::write(beside.join("10.toml"), "[limits]\nlines = 20\nitems = 7\n").unwrap();
    let config = Config::read(&main).unwrap();
    assert_eq!((config.limits.lines, config.limits.items, config.policies.plugin.len()), (20, 7, 1));
    std::fs::write(beside.join("20.toml"), "[[policies.plugin]]\nname = \"promql-guard\"\n").unwrap();
    let error = format!("{:#}", Config::read(&main).unwrap_err());
    assert!(error.contains("20.toml") && error.contains("policies.plugin is a list"), "{error}");
    std::fs::write(&main, "mirror = []\n").unwrap();
    assert!(format!("{:#}", Config::read(&main).unwrap_err()).contains("write [mirror]"));
}

#[test]
fn what_files_would_break_at_start_is_found_without_a_connection() {
    for (text, says) in [
        ("[mirror]\n[[policies.plugin]]\nname = \"exec-alowlist\"", "exec-alowlist"),
        ("[mirror]\n[[policies.plugin]]\nname = \"read-guard\"\nsettings = { nonsense = 1 }", "nonsense"),
        ("[mirror]\ndirectory = \"/nowhere\"", "/nowhere"),
        ("[kubernetes]\nkubeconfig = \"/nowhere\"", "/nowhere"),
    ] {
        let config = toml::from_str::<Config>(text).unwrap();
        config.check().unwrap();
        let error = format!("{:#}", config.check_files().unwrap_err());
        assert!(error.contains(says), "{text}: {error}");
    }
}

#[test]
fn a_configuration_that_serves_nothing_or_two_things_is_refused() {
    for text in [
        "",
        "[kubernetes]\n[mirror]",
        "[mirror]\n[prometheus]\nurl=\"http://x\"",
        "[mirror]\n[policies]\ndirectory=\"p\"",
        "[mirror]\n[floor]\nmax_range_seconds = 2678401",
        "[mirror]\n[floor]\nmin_step_milliseconds = 999",
        "[kubernetes]\n[prometheus]\nurl=\"https://x\"\ncertificate_file=\"c\"",
        "[kubernetes]\n[prometheus]\nurl=\"https://x\"\nkey_file=\"k\"",
        "[kubernetes]\n[prometheus]\nurl=\"https://x\"\ntenant_header=\"X\"",
        "[kubernetes]\n[prometheus]\nurl=\"https://x\"\nlookup_seconds=0",
        "[kubernetes]\n[prometheus]\nurl=\"ftp://x\"",
        "[mirror]\n[limits]\nlines=0",
        "[mirror]\n[limits]\nread_bytes=0",
        "[mirror]\n[evidence]\nsegment_bytes=1",
    ] {
        assert!(toml::from_str::<Config>(text).unwrap().check().is_err(), "{text}");
    }
}
