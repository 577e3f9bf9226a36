// uBlock Origin's HNTrie as a peer: builds from a file of hosts, then times look-ups, one round for each line on stdin.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [core, listFile, hitFile, missFile] = process.argv.slice(2);
const { default: HNTrieContainer } = await import(pathToFileURL(`${core}/js/hntrie.js`).href);
const lines = (file) => readFileSync(file, 'ascii').trim().split('\n');

const started = performance.now();
const trie = new HNTrieContainer();
const iroot = trie.createTrie();
for (const host of lines(listFile)) trie.setNeedle(host).add(iroot);
trie.optimize();
const [hits, misses] = [lines(hitFile), lines(missFile)];

/** Nanoseconds a look-up, and how many matched. */
function time(hosts) {
  let found = 0;
  const start = process.hrtime.bigint();
  for (const host of hosts) if (trie.setNeedle(host).matches(iroot) >= 0) found += 1;
  return { ns: Number(process.hrtime.bigint() - start) / hosts.length, found };
}

console.log(JSON.stringify({ ready_ms: performance.now() - started }));
for await (const _ of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify({ hit: time(hits), miss: time(misses) }));
}
