//! The rows in which the line is felt, on a bad line.

use doorstep_domain::org::Bucket;
use doorstep_tests::device::Device;
use std::{net::SocketAddr, path::Path};

use crate::{
    DELTA_FAR, FIRST_FAR, NOTHING_FAR, ledger,
    network::Network,
    ours,
    peers::{self, PEERS},
    rows::{Bench, ORDERS, ROUNDS_FAR, note, orders, peers_folder},
    work,
};

/// Orders of one engineer.
const ORDERS_FAR: u32 = 500;

impl Bench {
    /// First sync, nothing new and delta with 300 ms of round trip and 1 % of packets lost: the work
    /// of one engineer, whose five hundred orders take such a line long enough.
    pub async fn bad_line(&mut self, mut engineers: Vec<Device>, with_peers: bool, rooms: &Path) {
        note("a bad line");
        let network = match Network::up() {
            Ok(network) => network,
            Err(why) => {
                let said = format!("300 ms round trip, 1 % loss: not run: {why}");
                return self.report.notes.push(said);
            }
        };
        let engineer = self.shops[0].engineer;
        let mut own = work::make(&self.shops[0], 2 * ORDERS, ORDERS_FAR);
        for record in &mut own {
            record.buckets = [Bucket::person(engineer)].into();
        }
        ledger::publish(&mut self.world.ledger, &own);
        let far = SocketAddr::new(network.far().parse().expect("an address"), 0);
        self.world.hq.restart_inside(Some(network.namespace()), far);
        self.world.line.redirect(self.world.hq.address());
        let day = |order| work::day_of(2 * ORDERS + order);
        let held = self.world.held_for(engineer, &[]);
        let days = [day(0), day(ORDERS_FAR - 1)];
        let mut figures = Vec::new();
        figures.extend(self.first_syncs(FIRST_FAR, &mut engineers, &days, &held).await);
        let tablet = engineers.pop().expect("a tablet");
        let asks = u32::try_from(2 * ROUNDS_FAR).unwrap_or(1);
        figures.push(ours::nothing_new(&self.world, &tablet, NOTHING_FAR, asks).await);
        let world = &mut self.world;
        figures.push(ours::delta(world, &tablet, DELTA_FAR, &orders(&own), ROUNDS_FAR).await);
        let file = rooms.join("far.jsonl");
        peers::write_work(&file, &own);
        for peer in PEERS.iter().filter(|peer| with_peers && !peer.slow) {
            let folder = peers_folder();
            match peers::drive(peer, &folder, &file, own.len(), Some(&network), ROUNDS_FAR) {
                Ok(done) => {
                    figures.extend(done.figures);
                    self.report.notes.extend(done.not_run);
                }
                Err(why) => {
                    self.report.notes.push(format!("{}, bad line: not run: {why}", peer.name));
                }
            }
        }
        figures.into_iter().for_each(|figure| self.report.keep(figure));
    }
}
