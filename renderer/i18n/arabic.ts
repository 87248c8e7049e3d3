import './arabic.css'
import ar from './ar.json'

/** The Arabic sentences, with the font they need. */
export const arabic = ar
