import type { Migration } from '../types.ts'
import { spine } from './0001-spine.ts'
import { images } from './0002-images.ts'
import { egress } from './0003-egress.ts'
import { unpaid } from './0004-unpaid.ts'
import { abuse } from './0005-abuse.ts'
import { creditedBytes } from './0006-credited-bytes.ts'

/** In order; each is written once and never changed after its release. */
export const migrations: readonly Migration[] = [spine, images, egress, unpaid, abuse, creditedBytes]
