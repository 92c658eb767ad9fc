//! Plays the door job with HQ and two devices as processes of their own, printing each step with
//! its figures, and leaves the papers in the folder given.
#![allow(clippy::disallowed_methods, reason = "the story is timed by the real clock")]

use doorstep_tests::{
    device::Device,
    hq::Hq,
    line::Line,
    pictures,
    story::{Aloud, Job, Narrator, STEPS, offset_to_story_day, yuan},
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

#[tokio::main]
async fn main() {
    let Some(folder) = std::env::args().nth(1).map(PathBuf::from) else {
        eprintln!("usage: doorstep-story FOLDER");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let rooms = tempfile::tempdir().expect("a temporary folder");
    let started = Instant::now();
    let mut voice = Aloud;

    voice.say("— 总部 HQ starts with sample data 样例数据 —".into());
    let hq = Hq::with_sample_data(&rooms.path().join("hq"), 24);
    let job = Job::of(&hq);
    let line = Line::to(hq.address());
    let offset = offset_to_story_day();
    let mut tablet = Device::start(&rooms.path().join("tablet"), offset);
    let laptop = Device::start(&rooms.path().join("laptop"), offset);
    tablet.enrol(&hq.ticket(&job.engineer, line.address()), "tablet").await;
    let clerk = hq.person_at("clerk", &job.store);
    laptop.enrol(&hq.ticket(&clerk, hq.address()), "laptop").await;
    voice.say("两台设备已登记 Two devices enrolled: an engineer's tablet, a clerk's laptop".into());

    voice.say("\n— 断网 The network is gone —".into());
    line.cut();
    for step in STEPS {
        step.play(&tablet, &job, &mut voice).await;
    }
    let state = tablet.sync().await;
    voice.say(format!(
        "同步 Strip: {} · {} waiting · {} of {} photos and papers to send",
        state["line"].as_str().unwrap_or_default(),
        state["waiting"],
        state["media_waiting"],
        state["media"]
    ));
    save_papers(&tablet, &job, &folder, &mut voice).await;

    voice.say("\n— 平板被强制关闭并重启 The tablet is killed and restarted —".into());
    let before = tablet.call("order_view", json!({ "work_order": job.work_order })).await;
    tablet.restart();
    tablet.unlock().await;
    let after = tablet.call("order_view", json!({ "work_order": job.work_order })).await;
    assert_eq!(before["orders"][0]["order"], after["orders"][0]["order"], "nothing was lost");
    voice.say("全部还在 Everything is there".into());

    voice.say("\n— 网络恢复 The network returns —".into());
    line.restore();
    tablet.sync_until_settled(Duration::from_secs(60)).await;
    let view = tablet.call("order_view", json!({ "work_order": job.work_order })).await;
    let order = &view["orders"][0];
    let words = &order["state_words"];
    voice.say(format!(
        "平板 Tablet: {} / {}",
        words["zh"].as_str().unwrap_or_default(),
        words["en"].as_str().unwrap_or_default()
    ));
    assert!(order["number"].is_string(), "HQ executed the order: {order}");

    laptop.sync_until_settled(Duration::from_secs(60)).await;
    let seen = laptop.call("work_order_view", json!({ "work_order": job.work_order })).await;
    tell_clerk(&seen, order, &mut voice);
    voice.say(format!("\n用时 {:.1} s", started.elapsed().as_secs_f32()));
}

async fn save_papers(tablet: &Device, job: &Job, folder: &Path, voice: &mut dyn Narrator) {
    for language in ["zh-CN", "en"] {
        tablet.call("card_paper", json!({ "card": job.card, "language": language })).await;
    }
    for subject in [&job.work_order, &job.card] {
        let list = tablet.call("paper_list", json!({ "subject": subject })).await;
        for paper in list["papers"].as_array().expect("papers") {
            let name = paper["shot"].as_str().expect("a name");
            let bytes = tablet.call("paper_bytes", json!({ "hash": paper["hash"] })).await;
            let bytes = pictures::bytes(bytes["base64"].as_str().expect("bytes"));
            let file = folder.join(format!("{name}.pdf"));
            std::fs::write(&file, &bytes).expect("the folder is writable");
            voice.say(format!("单据 Paper {}: {} bytes", file.display(), bytes.len()));
        }
    }
}

fn tell_clerk(seen: &Value, order: &Value, voice: &mut dyn Narrator) {
    let theirs = &seen["orders"][0];
    assert_eq!(theirs["number"], order["number"], "the clerk sees the same order");
    let legs = seen["legs"].as_array().expect("legs");
    voice.say(format!(
        "店员电脑 Clerk's laptop: order {}, {} photos, {} papers, {} legs:",
        theirs["number"].as_str().unwrap_or_default(),
        seen["photos"].as_array().expect("photos").len(),
        seen["papers"].as_array().expect("papers").len(),
        legs.len()
    ));
    for leg in legs {
        voice.say(format!("   {} {}: {}", leg["kind"], leg["category"], leg["state"]));
    }
    let totals = &theirs["order"]["signed"]["terms"]["totals"];
    voice.say(format!(
        "   总部复算到分一致 HQ computed the same to the fen: certain {}, if approved {}",
        yuan(&totals["certain"]),
        yuan(&totals["if_approved"])
    ));
    for kind in ["remove", "deliver"] {
        assert!(legs.iter().any(|leg| leg["kind"] == kind), "both legs are there: {legs:?}");
    }
}
