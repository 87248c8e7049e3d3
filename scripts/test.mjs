/** `npm test`: sets everything up and runs every test there is. Arguments choose suites: `npm test check engine`. */
import './setup/require-node.mjs'
import { handOver } from './setup/hand-over.mjs'
import { setUpOrExit } from './setup/setup.mjs'

const node = await setUpOrExit({ build: false })
await handOver(node, 'scripts/test.ts', process.argv.slice(2))
