// Parses KQL with Microsoft's own language service and prints the diagnostics of each query.
// usage: node kusto_check.js PACKAGE < {"tables": {name: ["column:type"]}, "queries": [...]}
const folder = process.argv[2];
require(folder + "/bridge.min.js");
require(folder + "/Kusto.Language.Bridge.min.js");
const { Symbols, GlobalState, KustoCode } = globalThis.Kusto.Language;
const { tables, queries } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const known = Object.entries(tables).map(
  ([name, columns]) => new Symbols.TableSymbol.$ctor7(name, `(${columns.join(",")})`, null),
);
const database = new Symbols.DatabaseSymbol.$ctor1("db", known, false);
const state = GlobalState.Default.WithDatabase(database);
const answers = queries.map((query) => {
  const found = KustoCode.ParseAndAnalyze(query, state).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, i) => found.getItem(i).Message);
});
console.log(JSON.stringify(answers));
