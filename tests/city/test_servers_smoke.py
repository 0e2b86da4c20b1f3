def test_up(city):
    import time
    print(city.log.read_text())
    print(city.truth("/streams")[:2])
    print(sorted(p.name for p in city.secrets.iterdir())[:10])
