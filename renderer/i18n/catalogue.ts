import { loadPart } from '../base/loadPart.ts'
import en from './en.json'
import type { Language } from './language.ts'
import type { Catalogue } from './messages.ts'

/** Loads a catalogue with the font its script needs. English is always here. */
export async function loadCatalogue(language: Language): Promise<Catalogue> {
  switch (language) {
    case 'en': return en
    case 'ar': return (await loadPart(() => import('./arabic.ts'))).arabic
  }
}
