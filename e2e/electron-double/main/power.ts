import { EventEmitter } from 'node:events'
import type { Some } from '../base/faithful.ts'

/** A computer on mains whose person is there; specs emit what happens to it. */
export class PowerMonitorDouble extends EventEmitter implements Some<Electron.PowerMonitor> {
  onBatteryPower = false

  isOnBatteryPower(): boolean { return this.onBatteryPower }
  getSystemIdleState(idleThreshold: number): 'active' {
    if (!(idleThreshold > 0)) throw new TypeError('Invalid idle threshold, must be greater than 0')
    return 'active'
  }

  getSystemIdleTime(): number { return 0 }
  getCurrentThermalState(): 'unknown' { return 'unknown' }
}

export class PowerSaveBlockerDouble implements Some<Electron.PowerSaveBlocker> {
  private readonly started = new Set<number>()
  private last = 0

  start(type: string): number {
    if (type !== 'prevent-app-suspension' && type !== 'prevent-display-sleep') throw new TypeError('Error processing argument at index 0')
    this.started.add(++this.last)
    return this.last
  }

  stop(id: number): boolean { return this.started.delete(id) }
  isStarted(id: number): boolean { return this.started.has(id) }
}
