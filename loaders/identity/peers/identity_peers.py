"""What Splink reaches on the sets that the tests of loaders/identity use, and how long it takes.

    python3 -m venv v && v/bin/pip install splink==5.0.0
    v/bin/python loaders/identity/peers/identity_peers.py --data ../shared/data
    v/bin/python loaders/identity/peers/identity_peers.py --people people.csv --threads 2

The second form reads what `go run ./loaders/identity/peers -write people.csv` wrote.

Each set gets the comparisons that Splink ships for such fields, the blocking rules named here, u from random pairs, EM on
three blocking rules, and clusters at 58 thresholds. Printed, a line of JSON per set: F1 of the clusters' pairs at the
probability of .95, and at the best threshold of all, which only somebody who knows the truth can choose.
"""

import argparse
import json
import os
import resource
import time

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on


def pairs(n):
    return n * (n - 1) // 2


def f1(con, clusters, truth):
    """Pair precision, recall and F1 of a table (unique_id, cluster_id) against truth (unique_id, person)."""
    found, right, there = con.execute(f"""
        WITH j AS (SELECT c.cluster_id, t.person FROM {clusters} c JOIN {truth} t USING (unique_id)),
             f AS (SELECT sum(n * (n - 1) // 2) AS s FROM (SELECT count(*) AS n FROM j GROUP BY cluster_id)),
             r AS (SELECT sum(n * (n - 1) // 2) AS s FROM (SELECT count(*) AS n FROM j GROUP BY cluster_id, person)),
             p AS (SELECT sum(n * (n - 1) // 2) AS s FROM (SELECT count(*) AS n FROM j GROUP BY person))
        SELECT f.s, r.s, p.s FROM f, r, p""").fetchall()[0]
    precision = right / found if found else 1
    recall = right / there if there else 1
    return precision, recall, 2 * right / (found + there) if found + there else 1


def thresholds(con, table):
    """Where the best one is looked for: in 58 places, of many records from .5 in eleven, as each costs a clustering."""
    high = [1 - 10.0 ** -i for i in range(2, 12)]
    if con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] > 100_000:
        return [0.5, *high]
    return [0.02 * i for i in range(1, 48)] + [0.95, *high]


def run(name, con, table, settings, training, deterministic, recall, u_pairs):
    """Trains, predicts and clusters the table, and prints what came of it."""
    start = time.time()
    api = DuckDBAPI(connection=con)
    linker = Linker(api.register(table), settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=1)
    for rule in training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    trained = time.time()
    predictions = linker.inference.predict(threshold_match_probability=0.01)
    predicted = time.time()

    def cluster(p):
        return linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=p)

    clusters = cluster(0.95)
    ended = time.time()
    scores = dict(zip(("precision", "recall", "f1"), f1(con, clusters.physical_name, "truth")))
    used = resource.getrusage(resource.RUSAGE_SELF)
    line = {"set": name, "at": 0.95, **scores, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss // 1024, "seconds": {"train": trained - start, "predict": predicted - trained, "cluster": ended - predicted, "all": ended - start}}
    edges = con.execute(f"SELECT count(*) FROM {predictions.physical_name}").fetchall()[0][0]
    line["edges"] = edges
    line["best"] = max(
        ({"at": p, **dict(zip(("precision", "recall", "f1"), f1(con, cluster(p).physical_name, "truth")))} for p in thresholds(con, table)),
        key=lambda x: x["f1"])
    print(json.dumps(line), flush=True)


def fake_1000(con, data, u_pairs):
    con.execute(f"""CREATE OR REPLACE TABLE fake AS SELECT unique_id, first_name, surname, dob, city, email
        FROM read_csv('{data}/splink-demo/fake_1000.csv', all_varchar=true)""")
    con.execute(f"CREATE OR REPLACE TABLE truth AS SELECT unique_id, cluster AS person FROM read_csv('{data}/splink-demo/fake_1000.csv', all_varchar=true)")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email"), block_on("city")],
    )
    run("fake_1000", con, "fake", settings,
        [block_on("first_name", "surname"), block_on("dob"), block_on("email")],
        [block_on("first_name", "dob"), block_on("surname", "dob"), block_on("email")], 0.7, u_pairs)


def febrl(con, data, name, u_pairs):
    con.execute(f"""CREATE OR REPLACE TABLE febrl AS SELECT trim(#1) AS unique_id, nullif(trim(#2), '') AS given_name, nullif(trim(#3), '') AS surname,
        nullif(trim(#4), '') AS street_number, nullif(trim(#5), '') AS address_1, nullif(trim(#6), '') AS address_2, nullif(trim(#7), '') AS suburb,
        nullif(trim(#8), '') AS postcode, nullif(trim(#9), '') AS state, nullif(trim(#10), '') AS date_of_birth, nullif(trim(#11), '') AS soc_sec_id
        FROM read_csv('{data}/febrl/{name}.csv', all_varchar=true, header=true)""")
    con.execute("CREATE OR REPLACE TABLE truth AS SELECT unique_id, split_part(unique_id, '-', 2) AS person FROM febrl")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"), block_on("date_of_birth"), block_on("given_name", "surname"), block_on("surname", "postcode"),
            block_on("address_1"), block_on("given_name", "postcode"), block_on("suburb", "street_number"), block_on("address_2")],
    )
    run("febrl " + name, con, "febrl", settings,
        [block_on("date_of_birth"), block_on("postcode"), block_on("soc_sec_id")],
        [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")], 0.9, u_pairs)


def rldata(con, data, u_pairs):
    con.execute(f"""CREATE OR REPLACE TABLE rl AS SELECT CAST(row_number() OVER () AS VARCHAR) AS unique_id, fname_c1, fname_c2, lname_c1, lname_c2, "by", bm, bd,
        printf('%04d-%02d-%02d', "by"::INT, bm::INT, bd::INT) AS dob, identity AS person
        FROM read_csv('{data}/rldata/csv/RLdata500.csv', all_varchar=true, header=true)""")
    con.execute("CREATE OR REPLACE TABLE truth AS SELECT unique_id, person FROM rl")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("fname_c1").configure(term_frequency_adjustments=True),
            cl.NameComparison("lname_c1").configure(term_frequency_adjustments=True),
            cl.ExactMatch("fname_c2"),
            cl.DamerauLevenshteinAtThresholds("dob", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("fname_c1"), block_on("lname_c1"), block_on("dob"), block_on("by", "bm")],
    )
    run("rldata500", con, "rl", settings,
        [block_on("fname_c1", "lname_c1"), block_on("dob")],
        [block_on("fname_c1", "lname_c1", "dob"), block_on("fname_c1", "dob"), block_on("lname_c1", "dob")], 0.8, u_pairs)


def people(con, path, u_pairs):
    con.execute(f"CREATE OR REPLACE TABLE people AS SELECT * EXCLUDE (person, seen) FROM read_csv('{path}', all_varchar=true, header=true)")
    con.execute(f"CREATE OR REPLACE TABLE truth AS SELECT unique_id, person FROM read_csv('{path}', all_varchar=true, header=true)")
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("first_name").configure(term_frequency_adjustments=True),
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.DamerauLevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True),
            cl.EmailComparison("email").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("street", [0.92, 0.8]).configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("phone"), block_on("email"), block_on("surname", "dob"), block_on("first_name", "dob"),
            block_on("first_name", "surname", "city"), block_on("street", "city")],
    )
    run("people", con, "people", settings,
        [block_on("first_name", "surname"), block_on("dob", "surname"), block_on("phone")],
        [block_on("email"), block_on("first_name", "surname", "dob")], 0.7, u_pairs)


def main():
    args = argparse.ArgumentParser()
    args.add_argument("--data", help="folder of the real data")
    args.add_argument("--people", help="CSV of made-up people, as written by go run ./loaders/identity/peers")
    args.add_argument("--threads", type=int, default=os.cpu_count())
    args.add_argument("--u-pairs", type=float, default=1e8, help="random pairs that u is learned from; Splink advises 1e8 or 1e9")
    opt = args.parse_args()
    con = duckdb.connect()
    con.execute(f"SET threads = {opt.threads}")
    if opt.data:
        febrl(con, opt.data, "dataset1", opt.u_pairs)
        febrl(con, opt.data, "dataset2", opt.u_pairs)
        rldata(con, opt.data, opt.u_pairs)
        fake_1000(con, opt.data, opt.u_pairs)
    if opt.people:
        people(con, opt.people, opt.u_pairs)


main()
