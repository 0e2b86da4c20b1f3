-- Airflow's own database, made when the cluster is.
CREATE DATABASE airflow OWNER zhongtai;
