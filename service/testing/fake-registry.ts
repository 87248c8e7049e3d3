import { DepinError } from '../../contract/errors.ts'
import type { ImageSource } from '../../contract/wire/v1/image.ts'
import type { RegistryClient } from '../images/index.ts'
import { contentOf, digestOf, type FakeImage, manifestOf } from './fake-engine.ts'

/** Tells of published fake images, as a registry would. */
export class FakeRegistry implements RegistryClient {
  readonly #images = new Map<string, FakeImage[]>()
  /** How often it was asked. */
  asked = 0
  isReachable = false

  /** The same name for another processor adds to it. */
  publish(image: FakeImage): void {
    this.isReachable = true
    this.#images.set(image.ref, [...this.#images.get(image.ref) ?? [], image])
  }

  resolve(reference: string): Promise<ImageSource> {
    this.asked++
    if (!this.isReachable) return Promise.reject(new DepinError('E_REGISTRY_UNREACHABLE', `The registry of the image ${reference} cannot be asked.`))
    const [name = '', digest] = reference.split('@')
    const found = [...this.#images.values()].flat().filter((image) => digest === undefined ? image.ref === name : manifestOf(image) === digest)
    if (found.length === 0) return Promise.reject(new DepinError('E_IMAGE_NOT_FOUND', `There is no image ${reference}, or it is private.`))
    return Promise.resolve({
      variants: found.map((image) => {
        const { config, layers } = contentOf(image)
        return {
          platform: { os: 'linux', arch: image.arch ?? 'amd64' }, config: digestOf(config), layers: layers.map(digestOf), manifest: manifestOf(image),
          downloadBytes: layers.reduce((sum, layer) => sum + layer.length, config.length), sizeBytes: null,
        }
      }),
    })
  }
}
