/**
 * Refuses a Node that is too old, in words. Every command imports this first, so that nothing else has run by then.
 */
export const oldestNode = 20

/**
 * @param {string} version such as `20.11.1`
 * @param {string} path of the Node that runs
 * @returns {string | undefined} why this Node will not do
 */
export function nodeRefusal(version, path) {
  if (Number.parseInt(version, 10) >= oldestNode) return undefined
  return `Depin Desktop needs Node ${oldestNode} or newer to set itself up; ${path} is Node ${version}.\n`
    + 'Get a current one from https://nodejs.org or your system, then run the same command again.\n'
}

const refusal = nodeRefusal(process.versions.node, process.execPath)
if (refusal !== undefined) {
  process.stderr.write(refusal)
  process.exit(1)
}
