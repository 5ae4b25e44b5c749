// Builds what browsers receive: npm run build → static/dist/ with names that
// carry a hash of their content, and manifest.json, which engage/web/assets.py reads.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { build } from "esbuild";
import { partsOfKern, withoutUnreadProperties } from "./kern.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const require = createRequire(import.meta.url);
const target = ["es2020", "safari15.4"];
const manifest = {};

/** Write a file under a name that changes with its content, and note it down. */
async function deliver(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const kind = extname(name);
  const delivered = `${basename(name, kind)}-${hash}${kind}`;
  await writeFile(join(dist, delivered), content);
  manifest[name] = delivered;
  return delivered;
}

const kern = {
  name: "parts of KERN",
  setup(at) {
    at.onResolve({ filter: /^kern$/ }, () => ({ path: "kern", namespace: "kern" }));
    at.onLoad({ filter: /.*/, namespace: "kern" }, async () => ({
      contents: partsOfKern(await readFile(require.resolve("@kern-ux/native/dist/kern.css"), "utf8")),
      loader: "css",
    }));
  },
};

async function styles(name, fonts) {
  const { outputFiles } = await build({
    entryPoints: [join(here, "css", name)],
    bundle: true, minify: true, write: false, target,
    plugins: [kern, fonts],
  });
  await deliver(name, withoutUnreadProperties(outputFiles[0].text));
}

/** Fonts are delivered once and named by hash; style sheets point at them. */
function fontsAt(delivered) {
  return {
    name: "fonts",
    setup(at) {
      at.onResolve({ filter: /\.woff2$/ }, ({ path }) => ({ path: delivered.get(basename(path)), external: true }));
    },
  };
}

async function fonts() {
  const files = (await readdir(join(here, "fonts"))).filter((file) => file.endsWith(".woff2"));
  const delivered = new Map();
  for (const file of files) delivered.set(file, `./${await deliver(file, await readFile(join(here, "fonts", file)))}`);
  return fontsAt(delivered);
}

async function scripts() {
  const { metafile } = await build({
    entryPoints: [join(here, "js", "main.js"), join(here, "js", "scan-worker.js")],
    bundle: true, splitting: true, minify: true, format: "esm", metafile: true, target,
    outdir: dist, entryNames: "[name]-[hash]", chunkNames: "part-[name]-[hash]", assetNames: "[name]-[hash]",
    loader: { ".wasm": "file" }, sourcemap: false, legalComments: "linked",
  });
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint && output.endsWith(".js") && /(main|scan-worker)\.js$/.test(entryPoint)) {
      manifest[basename(entryPoint)] = basename(output);
    }
  }
}

/** Files that only reading codes needs: kept for the pages that scan, not for everybody. */
const HEAVY = /^(scan-worker|zxing|part-jsQR)/;
const SHELL = /^((engage|main|part|icons|mark|scenes)-.*\.(css|js|svg)|fira-sans-latin-.*\.woff2)$/;

/** The service worker names the files of this version, so that it changes with any of them. */
async function serviceWorker() {
  const files = (await readdir(dist)).sort();
  const heavy = files.filter((name) => HEAVY.test(name));
  const shell = files.filter((name) => SHELL.test(name) && !HEAVY.test(name));
  const { outputFiles } = await build({
    entryPoints: [join(here, "js", "service-worker.js")],
    bundle: true, minify: true, write: false, format: "iife", target,
    define: {
      SHELL: JSON.stringify(shell),
      HEAVY: JSON.stringify(heavy),
      VERSION: JSON.stringify(createHash("sha256").update(files.join()).digest("hex").slice(0, 10)),
    },
  });
  await deliver("service-worker.js", outputFiles[0].text);
}

/** Beside each text its compressed forms, made once here instead of for each phone. */
async function compressAll() {
  const files = (await readdir(dist)).filter((file) => /\.(css|js|svg|wasm)$/.test(file));
  await Promise.all(files.map(async (file) => {
    const content = await readFile(join(dist, file));
    await writeFile(join(dist, `${file}.br`), await promisify(brotliCompress)(content));
    await writeFile(join(dist, `${file}.gz`), await promisify(gzip)(content, { level: 9 }));
  }));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
const delivered = await fonts();
await Promise.all([
  styles("engage.css", delivered),
  styles("sheets.css", delivered),
  scripts(),
  ...["icons.svg", "mark.svg", "scenes.svg"].map(async (name) =>
    deliver(name, (await readFile(join(here, "icons", name), "utf8")).replace(/<!--[^]*?-->\s*/, "").replace(/>\s+</g, "><")),
  ),
  ...["app-192.png", "app-512.png", "app-maskable-512.png", "app-touch-180.png"].map(async (name) =>
    deliver(name, await readFile(join(here, "icons", name))),
  ),
]);
await serviceWorker();
await compressAll();
await writeFile(join(dist, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`static/dist: ${Object.keys(manifest).length} files for browsers`);
