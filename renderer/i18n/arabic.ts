import './arabic.css'
import ar from './ar.json'
import type { Catalogue } from './catalogue.ts'

export const arabic: Catalogue = ar
