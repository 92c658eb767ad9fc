//! A short run of `cargo xtask bench crash`.

use doorstep_tests::crash::{Plan, run};

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_instants_core_and_hq_lose_nothing_and_do_nothing_twice() {
    let toll = run(Plan { tablet: 12, hq: 20, seed: 20_261_122 }).await;
    assert_eq!((toll.tablet_kills.0 + toll.tablet_kills.1, toll.hq_kills), (12, 20));
    assert!(toll.notes > 20 && toll.claims > 0, "it worked in between: {toll:?}");
}
