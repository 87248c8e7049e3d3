/** What Setup found out about this computer: each is fine, can be mended here, or keeps guests away. Pure. */
import { isHidden } from '../../../contract/nouns/node.ts'
import type { DoctorFinding, EngineStatus, NodeStatus, ShareStatus } from '../../../contract/nouns/node.ts'
import type { Format } from '../../format/format.ts'
import { isolate } from '../../format/text.ts'
import { engineStoppedText } from '../../sharing/hero.ts'
import { findingFix, findingSentence } from '../diagnostics/findings.ts'

export type ComputerCheckId = 'cpu' | 'memory' | 'disk' | 'internet' | 'engine'

export interface ComputerCheck {
  id: ComputerCheckId
  /** fixable: something here mends it. blocked: it cannot be mended here. waiting: not known yet. */
  status: 'pass' | 'fixable' | 'blocked' | 'waiting'
  title: string
  detail: string
}

/** What the smallest usual guest asks for: less than this on the whole machine, and nobody comes. */
const least = { cpuMilli: 500, memoryMiB: 512, diskMiB: 4096 }

export function computerChecks({ share, node, findings }: { share: ShareStatus | null; node: NodeStatus | null; findings: readonly DoctorFinding[] }, f: Format): ComputerCheck[] {
  const size = (id: 'cpu' | 'memory' | 'disk', has: number | undefined, needs: number, text: (amount: number) => string): ComputerCheck => ({
    id, title: f.t(`room.${id}`), status: has === undefined ? 'waiting' : has >= needs ? 'pass' : 'blocked',
    detail: has === undefined ? f.t('common.loading') : has >= needs ? text(has) : f.t('setup.check.tooSmall', { has: text(has), needs: text(needs) }),
  })
  return [
    size('cpu', share?.machine.cpuMilli, least.cpuMilli, f.cores),
    size('memory', share?.machine.memoryMiB, least.memoryMiB, f.size),
    size('disk', share?.machine.diskMiB, least.diskMiB, f.size),
    internet(node, findings.find(({ id }) => id === 'network'), f),
    engine(node?.engine ?? null, f),
  ]
}

function internet(node: NodeStatus | null, finding: DoctorFinding | undefined, f: Format): ComputerCheck {
  const check = (status: ComputerCheck['status'], detail: string): ComputerCheck => ({ id: 'internet', status, title: f.t('setup.check.internet'), detail })
  if (node === null) return check('waiting', f.t('common.loading'))
  if (finding?.status === 'fail') return check('blocked', `${findingSentence(finding, f)} ${findingFix(finding, f) ?? ''}`)
  if (isHidden(node)) return check('fixable', f.t('health.hidden', { peers: node.connectedPeers }))
  return node.connectedPeers > 0 ? check('pass', f.t('health.connected', { peers: node.connectedPeers })) : check('fixable', f.t('setup.check.alone'))
}

function engine(status: EngineStatus | null, f: Format): ComputerCheck {
  const check = (state: ComputerCheck['status'], detail: string): ComputerCheck => ({ id: 'engine', status: state, title: f.t('setup.check.engine'), detail })
  switch (status?.state) {
    case undefined: case 'looking': return check('waiting', f.t('hero.starting.engine'))
    case 'missing': return check('fixable', f.t('hero.engineMissing.sentence'))
    case 'stopped': return check('fixable', engineStoppedText(status, f.time(status.sinceMs), f))
    case 'forbidden': return check('fixable', f.t('hero.engineForbidden.sentence'))
    case 'unsafe': return check('blocked', isolate(`${status.message} ${status.update}`, 300))
    case 'ready': switch (status.containment) {
      case 'proven': return check('pass', f.t('setup.check.proven', { version: f.name(`${status.kind} ${status.version}`, 40) }))
      case 'unproven': return check('pass', f.t('setup.check.unproven', { version: f.name(`${status.kind} ${status.version}`, 40) }))
      case 'broken': return check('blocked', f.t('engine.containment.broken'))
    }
  }
}
