"""The 情形 of an item: which questions still change what an applicant must bring."""
