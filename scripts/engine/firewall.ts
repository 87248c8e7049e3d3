/**
 * What an engine left in the packet filter, told from what `iptables-save` printed before it started and after it ended.
 */
interface Table {
  /** Chain → policy; `-` for chains that are not built in. */
  chains: Map<string, string>
  rules: string[]
}

/**
 * The commands that take away what is new and the engine's: rules that name its chains or its bridges, then its chains,
 * and policies that it changed. What others added meanwhile stays.
 * @param ours names an interface or an address of the engine's
 * @returns arguments for `iptables`, in order
 */
export function planCleanup(before: string, after: string, ours: (word: string) => boolean): string[][] {
  const old = parseTables(before)
  return [...parseTables(after)].flatMap(([name, table]) => {
    const known = old.get(name) ?? { chains: new Map<string, string>(), rules: [] }
    const newChains = [...table.chains.keys()].filter((chain) => chain.startsWith('DOCKER') && !known.chains.has(chain))
    const newRules = table.rules.filter((rule) => !known.rules.includes(rule)).map(splitWords)
    const inOldChains = newRules.filter(([, chain = '', ...words]) => !newChains.includes(chain) && words.some((word) => word.startsWith('DOCKER') || ours(word)))
    const policies = [...table.chains].filter(([chain, policy]) => policy !== '-' && known.chains.get(chain) !== undefined && known.chains.get(chain) !== policy)
    return [
      ...inOldChains.map(([, ...rest]) => ['-D', ...rest]),
      ...newChains.map((chain) => ['-F', chain]),
      ...newChains.map((chain) => ['-X', chain]),
      ...policies.map(([chain]) => ['-P', chain, known.chains.get(chain) ?? 'ACCEPT']),
    ].map((command) => ['-t', name, ...command])
  })
}

function parseTables(saved: string): Map<string, Table> {
  const tables = new Map<string, Table>()
  let current: Table = { chains: new Map(), rules: [] }
  for (const line of saved.split('\n')) {
    if (line.startsWith('*')) {
      current = { chains: new Map(), rules: [] }
      tables.set(line.slice(1), current)
    } else if (line.startsWith(':')) {
      const [chain = '', policy = '-'] = line.slice(1).split(' ')
      current.chains.set(chain, policy)
    } else if (line.startsWith('-A ')) {
      current.rules.push(line)
    }
  }
  return tables
}

/** Words of a rule; comments are quoted. */
function splitWords(rule: string): string[] {
  return [...rule.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}
