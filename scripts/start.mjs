/**
 * `npm start`: sets everything up, then runs a node in the foreground. Arguments go to `depin serve`. Which face the node
 * shows is chosen here, and nowhere else: the dashboard, which `serve` prints the address of.
 */
import './setup/require-node.mjs'
import { handOver } from './setup/hand-over.mjs'
import { setUpOrExit } from './setup/setup.mjs'

const node = await setUpOrExit({ build: true })
await handOver(node, 'dist/cli/depin.mjs', ['serve', ...process.argv.slice(2)])
