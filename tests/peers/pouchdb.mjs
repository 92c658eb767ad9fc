// PouchDB as the client and express-pouchdb as the server, both on leveldb: one document per record.
// Started in the folder that holds node_modules.

import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const load = createRequire(join(process.cwd(), 'package.json'));
const PouchDB = load('pouchdb');
const version = (name) => JSON.parse(readFileSync(load.resolve(`${name}/package.json`), 'utf8')).version;
const say = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);

if (process.argv[2] === 'server') {
  const [, , , host, port, folder] = process.argv;
  const app = load('express')();
  const Stored = PouchDB.defaults({ prefix: `${folder}/` });
  app.use('/', load('express-pouchdb')(Stored, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt` }));
  app.listen(Number(port), host);
} else {
  await drive();
}

async function drive() {
  const folder = mkdtempSync(join(tmpdir(), 'pouchdb-'));
  const host = process.env.SERVER_HOST ?? '127.0.0.1';
  const port = await freePort();
  const words = [process.execPath, process.argv[1], 'server', host, String(port), folder];
  const netns = process.env.SERVER_NETNS;
  const [program, ...rest] = netns ? ['ip', 'netns', 'exec', netns, ...words] : words;
  const server = spawn(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  // What is done at the server's end does not go through the line of the device.
  const direct = `http://${process.env.SERVER_NEAR ?? host}:${port}`;
  for (let tries = 0; tries < 200; tries += 1) {
    if (await fetch(direct).then((answer) => answer.ok, () => false)) break;
    await new Promise((later) => setTimeout(later, 50));
  }
  say({
    server_pid: server.pid,
    port,
    versions: `pouchdb ${version('pouchdb')}, express-pouchdb ${version('express-pouchdb')}, Node ${process.version}`,
  });

  const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async () => (await input.next()).value;
  const measured = async (work, times = 1) => {
    say({ ready: true });
    if ((await next()) !== 'go') process.exit(1);
    const begun = performance.now();
    for (let i = 0; i < times; i += 1) await work();
    return (performance.now() - begun) / times;
  };

  let far, endpoint, lines, first, orders;
  const devices = [];
  const put = async (some) => {
    for (let at = 0; at < some.length; at += 500) {
      const docs = some.slice(at, at + 500).map((line) => ({ _id: line.id, ...JSON.parse(line.json) }));
      await far.bulkDocs(docs);
    }
  };
  const change = async (db, ids, text) => {
    const held = await db.allDocs({ keys: ids, include_docs: true });
    await db.bulkDocs(held.rows.map(({ doc }) => ({ ...doc, notes: { ...doc.notes, '00': text } })));
  };
  const result = async (wall_ms, device) =>
    say({ wall_ms, near: await digest(device), far: await digest(far) });

  for (let line = await next(); line !== undefined; line = await next()) {
    const told = JSON.parse(line);
    if (told.do === 'prepare') {
      lines = readFileSync(told.work, 'utf8').trim().split('\n').map((one) => JSON.parse(one));
      orders = lines.filter((one) => one.kind === 'work_order').map((one) => one.id);
      ({ first } = told);
      endpoint = `${told.endpoint}/orders`;
      far = new PouchDB(`${direct}/orders`);
      for (let i = 0; i < told.rounds; i += 1) devices.push(new PouchDB(join(folder, `device${i}`)));
      await put(lines.slice(0, first));
      say({ done: true });
    } else if (told.do === 'first') {
      const device = devices[told.round];
      await result(await measured(() => device.replicate.from(endpoint)), device);
    } else if (told.do === 'more') {
      await put(lines.slice(first));
      await devices[0].sync(endpoint);
      say({ done: true });
    } else if (told.do === 'noop') {
      await result(await measured(() => devices[0].sync(endpoint), told.times), devices[0]);
    } else if (told.do === 'delta') {
      const at = 40 * told.round;
      const text = `第${told.round}轮：客户改了时间，配件下午到，先断电`;
      await change(far, orders.slice(at + 20, at + 40), text);
      await change(devices[0], orders.slice(at, at + 20), text);
      await result(await measured(() => devices[0].sync(endpoint)), devices[0]);
    }
  }
  server.kill();
  process.exit(0);
}

async function digest(db) {
  const { rows } = await db.allDocs({ include_docs: true });
  const hash = createHash('sha256');
  for (const { id, doc } of rows) {
    const { _id, _rev, ...body } = doc;
    hash.update(`${id}\n${JSON.stringify(body)}\n`);
  }
  return { count: rows.length, hash: hash.digest('hex') };
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
