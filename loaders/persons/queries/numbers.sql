-- Who held which number, as files of numbers say.
SELECT number, customer, epoch_us(from_at), epoch_us(to_at) FROM events.numbers ORDER BY ALL
