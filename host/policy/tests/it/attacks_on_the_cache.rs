//! Whatever is in the cache's directory that this installation did not write is compiled anew, never loaded.
use crate::kit::*;
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};
use wardgate_core::Verdict;
use wardgate_policy::{Cache, InstallationKey, PolicySet, cache::CacheError};

struct Bench {
    temp: tempfile::TempDir,
    publisher: Publisher,
}

impl Bench {
    fn new() -> Self {
        Self { temp: tempfile::tempdir().unwrap(), publisher: Publisher::new() }
    }

    fn dir(&self) -> PathBuf {
        self.temp.path().join("compiled")
    }

    fn key(&self) -> PathBuf {
        self.temp.path().join("installation.key")
    }

    fn cache(&self) -> Cache {
        Cache::open(&self.dir(), InstallationKey::load_or_create(&self.key()).unwrap()).unwrap()
    }

    /// Loads a hand through the cache; whether it came from there.
    fn load(&self, hand: &Hand) -> (PolicySet, bool) {
        let module = self.publisher.signed(&component("reviewer", &hand.wat()), predicate("test-a", "reviewer"));
        let set = load(&self.publisher.trusted(""), vec![module], &[], Some(&self.cache())).unwrap();
        let cached = set.plugins()[0].cached;
        (set, cached)
    }

    fn entries(&self) -> Vec<PathBuf> {
        fs::read_dir(self.dir()).unwrap().map(|e| e.unwrap().path()).collect()
    }

    fn entry(&self) -> PathBuf {
        let entries = self.entries();
        assert_eq!(entries.len(), 1, "{entries:?}");
        entries[0].clone()
    }
}

#[tokio::test]
async fn a_second_load_comes_from_the_cache_and_answers_the_same() {
    let bench = Bench::new();
    assert!(!bench.load(&Hand::allowing()).1);
    let (set, cached) = bench.load(&Hand::allowing());
    assert!(cached && set.plugins()[0].frozen);
    assert!(matches!(verdict(&set).await, Verdict::Allow(a) if a.rule == "test.rule"));
    assert!(!bench.load(&Hand::default()).1, "another component is another entry");
}

#[test]
fn an_entry_changed_anywhere_or_cut_is_compiled_anew() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let good = fs::read(bench.entry()).unwrap();
    let flips = [0, 19, 20, 51, 52, 60, good.len() / 2, good.len() - 1];
    let changed = flips.into_iter().map(|at| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    });
    let cut = [0, 10, 20, 40, 55, 60, good.len() - 1].into_iter().map(|at| good[..at].to_vec());
    let longer = [[good.as_slice(), b"x"].concat()];
    for bytes in changed.chain(cut).chain(longer) {
        fs::write(bench.entry(), &bytes).unwrap();
        assert!(!bench.load(&Hand::allowing()).1, "{} bytes", bytes.len());
        assert_eq!(fs::read(bench.entry()).unwrap(), good, "and replaced by a good one");
    }
    assert!(bench.load(&Hand::allowing()).1);
}

#[test]
fn an_entry_of_another_installation_is_compiled_anew() {
    let (mine, theirs) = (Bench::new(), Bench::new());
    mine.load(&Hand::allowing());
    theirs.load(&Hand::allowing());
    fs::copy(theirs.entry(), mine.entry()).unwrap();
    assert!(!mine.load(&Hand::allowing()).1);
}

#[tokio::test]
async fn an_entry_passed_off_as_another_component_s_is_compiled_anew() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let allowing = bench.entry();
    bench.load(&Hand::default());
    let abstaining = bench.entries().into_iter().find(|path| *path != allowing).unwrap();
    fs::copy(&allowing, &abstaining).unwrap();
    let (set, cached) = bench.load(&Hand::default());
    assert!(!cached);
    assert!(matches!(verdict(&set).await, Verdict::Abstain));
}

#[test]
fn compiled_code_without_an_hmac_is_never_loaded() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let bytes = fs::read(bench.entry()).unwrap();
    fs::write(bench.entry(), &bytes[52..]).unwrap();
    assert!(!bench.load(&Hand::allowing()).1);
}

#[test]
fn a_link_to_an_entry_elsewhere_is_not_followed() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let (entry, outside) = (bench.entry(), bench.temp.path().join("outside"));
    fs::rename(&entry, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &entry).unwrap();
    assert!(!bench.load(&Hand::allowing()).1);
}

#[test]
fn the_cache_does_not_stand_in_for_a_signature() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let module =
        Publisher::new().signed(&component("reviewer", &Hand::allowing().wat()), predicate("test-a", "reviewer"));
    assert!(load(&bench.publisher.trusted(""), vec![module], &[], Some(&bench.cache())).is_err());
}

#[test]
fn grants_are_checked_when_it_comes_from_the_cache_too() {
    let bench = Bench::new();
    let wasm = component("reviewer", &Hand { question: Some("path".into()), ..Hand::allowing() }.wat());
    let mut granted = predicate("test-a", "reviewer");
    granted["questions"] = serde_json::json!(["path"]);
    let with = |predicate| {
        let module = bench.publisher.signed(&wasm, predicate);
        load(&bench.publisher.trusted(""), vec![module], &[], Some(&bench.cache()))
    };
    assert!(with(granted.clone()).is_ok() && with(granted).unwrap().plugins()[0].cached);
    assert!(with(predicate("test-a", "reviewer")).is_err());
}

#[test]
fn only_this_user_can_read_what_is_kept() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!((mode(&bench.dir()), mode(&bench.entry()), mode(&bench.key())), (0o700, 0o600, 0o600));
}

#[test]
fn a_directory_or_a_key_that_others_can_get_at_is_refused() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let key = || InstallationKey::load_or_create(&bench.key());
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o755, 0o701, 0o770] {
        set(&bench.dir(), mode);
        assert!(
            matches!(Cache::open(&bench.dir(), key().unwrap()), Err(CacheError::Exposed { what: "directory", .. })),
            "{mode:o}"
        );
    }
    set(&bench.dir(), 0o700);
    set(&bench.key(), 0o640);
    assert!(matches!(key(), Err(CacheError::Exposed { what: "file", .. })));
    set(&bench.key(), 0o600);
    fs::write(bench.key(), "short").unwrap();
    assert!(matches!(key(), Err(CacheError::NoKey { .. })));
}

#[test]
fn the_newest_entries_are_kept() {
    let bench = Bench::new();
    bench.load(&Hand::allowing());
    let entry = bench.entry();
    for i in 0..70 {
        fs::write(bench.dir().join(format!("{i:064x}.compiled")), "old").unwrap();
    }
    let old = fs::File::options().write(true).open(&entry).unwrap();
    old.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    bench.load(&Hand::default());
    assert_eq!(bench.entries().len(), 64);
    assert!(!entry.exists(), "the oldest went");
    assert!(bench.load(&Hand::default()).1, "the newest stayed");
}
