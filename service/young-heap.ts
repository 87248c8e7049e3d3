/**
 * Imported before anything else, for what it does to the process.
 *
 * V8 keeps new objects in a space of its own, which it doubles whenever more of them outlive a collection than usual, to 32
 * MiB and more, and seldom makes smaller again: one busy minute, and a service that idles for days keeps it. Held at its
 * first size, 1 MiB, an idle node with twenty peers takes 20 MiB less, a busy tunnel 40, and neither takes more processor
 * time, as little of what they allocate lives for long.
 *
 * So small a space is collected by this thread alone in less time than other threads take to come to its help: with them each
 * collection waits until the last of them has had its turn, which on a machine whose cores are all at work is long. A busy
 * connection makes hundreds of collections a second (`network/mux/young-collector.ts`).
 *
 * In Electron V8’s flags must not be changed once it runs: there the process is started with `--max-semi-space-size=1` and
 * `--no-parallel-scavenge` (`main/service/own.ts`).
 */
import { setFlagsFromString } from 'node:v8'

if (!('electron' in process.versions)) {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--no-parallel-scavenge')
}
