// functions.json against Microsoft's schema: reads it from standard input, writes what is wrong.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [packages] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const Ajv = require("ajv-draft-04");
const schema = require("@microsoft/app-manifest/build/json-schemas/teams/v1.29/MicrosoftTeams.schema.json");
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(schema, "teams");
const valid = ajv.compile({ $ref: "teams#/definitions/extensionCustomFunctions" });
const { functions } = JSON.parse(readFileSync(0, "utf8"));
valid({ functions });
console.log(JSON.stringify((valid.errors || []).map((error) => `${error.instancePath} ${error.message}`)));
