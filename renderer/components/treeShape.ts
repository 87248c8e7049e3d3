/**
 * The tree of the Home screen as paths. Leaves are the network, set out as a sunflower sets its seeds; each lamp is a
 * guest app. Pure: the same guests give the same tree.
 */

export const treeSize = { width: 400, height: 270 } as const
export const lampsAtMost = 5

export interface TreeShape {
  trunk: string
  branches: string
  /** Dots as zero-length strokes, grouped by how they are drawn: a few paths instead of hundreds of circles. */
  leaves: { d: string; width: number; opacity: number }[]
  lamps: { x: number; y: number }[]
}

type Point = readonly [x: number, y: number]
interface Leaf { x: number; y: number; seed: number; depth: number }

const centre = 200
const ground = 270
const crownY = ground - 62
const crownRadius = 166
const goldenAngle = Math.PI * (3 - Math.sqrt(5))

/** Where each branch ends and which way it bends, from the fork. */
const branches: { tip: Point; bend: Point }[] = [
  { tip: [-128, -62], bend: [-60, -74] }, { tip: [-98, -98], bend: [-50, -72] },
  { tip: [-60, -122], bend: [-34, -86] }, { tip: [-20, -134], bend: [-12, -96] },
  { tip: [22, -130], bend: [10, -96] }, { tip: [62, -118], bend: [34, -86] },
  { tip: [100, -94], bend: [50, -72] }, { tip: [130, -60], bend: [62, -74] },
]
/** The places lamps take, in this order; each takes the nearest leaf's. */
const lampPlaces: Point[] = [[138, 84], [214, 52], [292, 104], [82, 136], [252, 72]]

export function treeShape(lamps: number): TreeShape {
  const leaves = crown()
  const lit = lampPlaces.slice(0, lamps).map((place) => nearest(leaves, place))
  const dots = leaves.filter((leaf) => !lit.includes(leaf))
  return { trunk: trunk(), branches: branches.map(branch).join(''), leaves: grouped(dots, lit), lamps: lit.map(({ x, y }) => ({ x, y })) }
}

/** Seeds in a spiral; those above the fork and outside the bare middle are leaves. */
function crown(): Leaf[] {
  const leaves: Leaf[] = []
  for (let seed = 2; seed < 620; seed++) {
    const radius = 7.6 * Math.sqrt(seed)
    const angle = seed * goldenAngle + 0.4
    const across = Math.cos(angle) * radius
    const up = -Math.sin(angle) * radius
    if (radius > crownRadius || up < 4 / 0.98) continue
    const inner = 62 + 48 * Math.sin(Math.atan2(up, Math.abs(across)))
    if (radius < inner) continue
    leaves.push({ x: centre + across * 1.12, y: crownY - up * 0.98, seed, depth: (radius - inner) / (crownRadius - inner) })
  }
  return leaves
}

function nearest(leaves: readonly Leaf[], [x, y]: Point): Leaf {
  return leaves.reduce((best, leaf) => Math.hypot(leaf.x - x, leaf.y - y) < Math.hypot(best.x - x, best.y - y) ? leaf : best)
}

function grouped(leaves: readonly Leaf[], lit: readonly Leaf[]): TreeShape['leaves'] {
  const groups = new Map<string, { d: string; width: number; opacity: number }>()
  for (const leaf of leaves) {
    const chance = leaf.seed * 7919 % 97 / 97
    const beside = lit.some((lamp) => Math.hypot(lamp.x - leaf.x, lamp.y - leaf.y) < 12)
    const width = Math.round(2 * (2.2 + 1.7 * (1 - Math.abs(leaf.depth - 0.45)) + chance * 0.5))
    const opacity = Math.round(10 * (0.2 + 0.46 * chance) * (1 - 0.35 * leaf.depth) * (beside ? 0.35 : 1)) / 10
    const key = `${width} ${opacity}`
    const group = groups.get(key) ?? { d: '', width, opacity }
    group.d += `M${leaf.x.toFixed(1)} ${leaf.y.toFixed(1)}h0`
    groups.set(key, group)
  }
  return [...groups.values()].filter((group) => group.opacity > 0)
}

function trunk(): string {
  const side = (sign: 1 | -1) => (x: number, y: number) => `${centre + sign * x} ${ground + y}`
  const [l, r] = [side(-1), side(1)]
  return `M${l(60, 6)}C${l(38, -8)} ${l(32, -26)} ${l(31, -44)}C${l(30, -62)} ${l(38, -72)} ${l(46, -78)}L${l(30, -84)}L${l(0, -72)}`
    + `L${r(30, -84)}L${r(46, -78)}C${r(38, -72)} ${r(30, -62)} ${r(31, -44)}C${r(32, -26)} ${r(38, -8)} ${r(60, 6)}Z`
}

/** A curve from the fork to the tip that grows thinner, as one closed outline. */
function branch({ tip, bend }: { tip: Point; bend: Point }, index: number): string {
  const lean = (index - 3.5) / 3.5
  const start: Point = [centre + lean * 20, ground - 30]
  const turn: Point = [start[0] + bend[0] * 0.3, ground - 52 + bend[1] * 0.4]
  const end: Point = [centre + tip[0], ground - 34 + tip[1]]
  const widths = { from: 15 - 3 * Math.abs(lean), to: 3.6 }
  const left: string[] = []
  const right: string[] = []
  const steps = 18
  for (let step = 0; step <= steps; step++) {
    const t = step / steps
    const [x, y] = along(start, turn, end, t)
    const [dx, dy] = direction(start, turn, end, t)
    const half = (widths.from + (widths.to - widths.from) * t) / 2
    left.push(`${(x - dy * half).toFixed(1)} ${(y + dx * half).toFixed(1)}`)
    right.unshift(`${(x + dy * half).toFixed(1)} ${(y - dx * half).toFixed(1)}`)
  }
  return `M${left.join('L')}A${widths.to / 2} ${widths.to / 2} 0 0 0 ${right.join('L')}Z`
}

/** A quadratic curve, and its unit direction. */
function along(a: Point, b: Point, c: Point, t: number): Point {
  const u = 1 - t
  return [u * u * a[0] + 2 * u * t * b[0] + t * t * c[0], u * u * a[1] + 2 * u * t * b[1] + t * t * c[1]]
}

function direction(a: Point, b: Point, c: Point, t: number): Point {
  const dx = (1 - t) * (b[0] - a[0]) + t * (c[0] - b[0])
  const dy = (1 - t) * (b[1] - a[1]) + t * (c[1] - b[1])
  const length = Math.hypot(dx, dy)
  return [dx / length, dy / length]
}
