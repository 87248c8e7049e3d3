import { type Finding, findings } from './findings.ts'
import { resourceRows, privilegeRows } from './rows-machine.ts'
import { serviceNetworkRows, storageRows } from './rows-network.ts'
import { depinRows, fileRows, networkRows, projectRows, volumeRows } from './rows-project.ts'
import { deployRows, healthRows, serviceRows } from './rows-service.ts'
import type { SupportCase, SupportRow } from './types.ts'

export interface SupportSection {
  title: string
  rows: readonly SupportRow[]
}

/** What becomes of every key of a compose file: the one table that reports and documentation come from. */
export const supportTable: readonly SupportSection[] = [
  { title: 'The file', rows: projectRows },
  { title: 'A service: what runs', rows: serviceRows },
  { title: 'A service: health', rows: healthRows },
  { title: 'A service: `deploy`', rows: deployRows },
  { title: 'A service: what it may use', rows: resourceRows },
  { title: 'A service: what it may touch', rows: privilegeRows },
  { title: 'A service: network', rows: serviceNetworkRows },
  { title: 'A service: files and volumes', rows: storageRows },
  { title: '`networks`', rows: networkRows },
  { title: '`volumes`', rows: volumeRows },
  { title: '`secrets` and `configs`', rows: fileRows },
  { title: '`x-depin`', rows: depinRows },
]

/** Cases of a key, those that readers find included. */
export function casesOf(row: SupportRow): SupportCase[] {
  const found: Finding[] = Object.values(findings)
  return [...found.filter((finding) => finding.path === row.path), ...row.cases]
}

/** One step of a path pattern: `*` any name, `[]` any item. */
export interface TableNode {
  row?: SupportRow
  readonly next: Map<string, TableNode>
}

export const tableRoot = byStep(supportTable.flatMap((section) => section.rows))

function byStep(rows: readonly SupportRow[]): TableNode {
  const root: TableNode = { next: new Map() }
  for (const row of rows) {
    let node = root
    for (const step of row.path.split('.')) {
      const next: TableNode = node.next.get(step) ?? { next: new Map() }
      node.next.set(step, next)
      node = next
    }
    node.row = row
  }
  return root
}
