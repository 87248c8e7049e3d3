import { useMemo } from 'react'
import type { TreeMood } from '../sharing/hero.ts'
import { lampsAtMost, treeShape, treeSize } from './treeShape.ts'

/** Decoration: what it shows is said in words beside it. Never mirrored. Colours come from around it. */
export function Tree({ guests, mood, className }: { guests: number; mood: TreeMood; className?: string }) {
  const lamps = mood === 'bare' ? 0 : Math.min(guests, lampsAtMost)
  const shape = useMemo(() => treeShape(lamps), [lamps])
  return (
    <svg viewBox={`0 0 ${treeSize.width} ${treeSize.height}`} aria-hidden="true" className={['overflow-visible', className ?? ''].join(' ')}>
      <path d={shape.trunk} className="tree-trunk" />
      <path d={shape.branches} className="tree-trunk" />
      {shape.leaves.map(({ d, width, opacity }) => (
        <path key={`${width} ${opacity}`} d={d} className="tree-leaf" strokeWidth={width} opacity={mood === 'awake' ? opacity : opacity * 0.8} />
      ))}
      {shape.lamps.map(({ x, y }) => <Lamp key={`${x} ${y}`} x={x} y={y} asleep={mood === 'asleep'} />)}
    </svg>
  )
}

function Lamp({ x, y, asleep }: { x: number; y: number; asleep: boolean }) {
  if (asleep) return <circle cx={x} cy={y} r={6} className="tree-lamp-off" />
  return (
    <>
      <g className="breathe">
        <circle cx={x} cy={y} r={17} className="tree-lamp" opacity={0.2} />
        <circle cx={x} cy={y} r={11} className="tree-lamp" opacity={0.32} />
      </g>
      <circle cx={x} cy={y} r={5.8} className="tree-lamp" />
    </>
  )
}
