/**
 * `npm start`: sets everything up, then runs a node in the foreground. Which face it shows is chosen here, and nowhere else: the desktop's window
 * where Electron and a screen are there, otherwise the dashboard, which `serve` prints the address of; `--headless` wants the
 * latter. Every other argument goes to `depin serve`, or means the same to the desktop.
 */
import './setup/require-node.mjs'
import { desktopArguments, findDesktop } from './setup/desktop.mjs'
import { handOver, runInPlace } from './setup/hand-over.mjs'
import { root } from './setup/root.mjs'
import { setUpOrExit } from './setup/setup.mjs'

const node = await setUpOrExit({ build: true })
const args = process.argv.slice(2).filter((arg) => arg !== '--headless')
const { platform, env } = process
const desktop = process.argv.includes('--headless') ? undefined : findDesktop(root, { platform, env })
if (desktop === undefined) await handOver(node, 'dist/cli/depin.mjs', ['serve', ...args])
else runInPlace(desktop, desktopArguments(root, args, { platform, isRoot: process.getuid?.() === 0 }))
